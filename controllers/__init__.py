from . import monitoring, portal
