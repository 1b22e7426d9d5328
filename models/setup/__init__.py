"""*Mise en route*: the setup of a town until its first bill, step by step.

Each step knows whether it is done, opens its screen, and creates in one click what can be created automatically. This
package uses all others except the dashboard, which shows the progress of the setup, and `followup`.
"""

from . import res_company, utility_setup_step
