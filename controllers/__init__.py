"""HTTP: the portal of subscribers, the monitoring page, sample files and the service worker of the round.

A controller checks what its caller may do, and leaves the work to `models/`.
"""

from . import monitoring, portal, portal_bills, portal_documents, samples, self_reading, service_worker
