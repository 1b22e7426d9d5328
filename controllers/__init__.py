from . import monitoring, portal, self_reading
