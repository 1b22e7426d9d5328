"""Scheduled jobs of the addon, which an administrator may have switched off or deleted."""


def job_of(env, name):
    """Return a scheduled job by its XML id, with the superuser's rights; empty if an administrator deleted it.

    The next update of the addon creates it again.
    """
    # sudo: whether the job is active, and waking it; the caller has checked the rights on its work
    return (env.ref(name, raise_if_not_found=False) or env["ir.cron"]).sudo()


def wake(env, name, at=None) -> None:
    """Trigger a scheduled job now, or at a given time, if it is there."""
    if job := job_of(env, name):
        job._trigger(at)
