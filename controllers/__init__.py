from . import monitoring, portal, portal_bills, portal_documents, samples, self_reading, service_worker
