from . import monitoring, portal, portal_bills, portal_documents, self_reading, service_worker
