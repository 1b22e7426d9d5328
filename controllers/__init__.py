from . import monitoring, portal, portal_bills, self_reading
