"""Batches of scheduled jobs: committed one by one, until the job's time is up; then the job wakes itself."""


def commit_batch(job, done, remaining) -> bool:
    """Commit a batch of a scheduled job; if its time is up and something remains, wake the job at once.

    Odoo itself looks at an unfinished job only now and then: a minute without work between two calls.

    :param job: the scheduled job
    :param done: number of records of the batch
    :param remaining: number of records left, or 1 if it is unknown
    :return: whether the job has time for another batch
    """
    seconds = job.env["ir.cron"]._commit_progress(done, remaining=remaining)
    if seconds > 0 or not remaining:
        return seconds > 0
    # sudo: a trigger only advances the next call of a job that is at work already
    job.sudo()._trigger()
    job.env.cr.commit()  # pylint: disable=invalid-commit
    return False
