"""Batches of scheduled jobs: committed one by one, until the job's time is up; then the job wakes itself."""

from weakref import WeakSet

#: Cursors of jobs that have given way: Odoo opens one for each job, and closes it when the job is over.
_GAVE_WAY = WeakSet()


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
    give_way(job)
    return False


def give_way(job) -> None:
    """Wake a job that is at work, so that it goes on after the other jobs; committed."""
    _GAVE_WAY.add(job.env.cr)
    if job:
        # sudo: a trigger only advances the next call of a job that is at work already
        job.sudo()._trigger()
    job.env.cr.commit()  # pylint: disable=invalid-commit


def gave_way(job) -> bool:
    """Return whether this call of a job has given way already.

    Odoo calls an unfinished job ten times in a row, even if its time is up: on a busy server, ten batches more take
    longer than a job may take, and the server is killed in the middle of one.
    """
    return job.env.cr in _GAVE_WAY
