"""Cost of a row with ten thousand, a hundred thousand and a million of them at once.

`./dev bench growth --rows N`, with N / 100, N / 10 and N rows (N = 1,000,000 by default): a file of readings imported,
and all confirmed to the other section; lines of entries exported, in documents of three; third parties and accounts of
a référentiel imported for the first time and again. Prints microseconds per row, and the additional memory of each
size. `GROWTH=dialog` (not by default): *Tout synchroniser* where the other section holds other readings, opened, then
carried out in the background by pages; and the same file imported in the background by pages.
"""

import os
import time

from ledger_books import MODELS, Books
from readings_town import DAYS, ReadingsTown
from referential_files import Referential
from side_by_side import forget_peak, resident_peak, settle

from odoo.addons.utility_billing_sync.core.metering.file_detection import FileFormat
from odoo.addons.utility_billing_sync.models.metering.reading_import import ReadingImport
from odoo.addons.utility_billing_sync.wizards import utility_synchronize_mixin

LARGEST = rows or 1_000_000
SIZES = (LARGEST // 100, LARGEST // 10, LARGEST)

WHAT = os.environ.get("GROWTH", "readings export referential").split()


def costs(environment, work, size):
    """Return microseconds per row and megabytes of work that is not committed, or that undoes itself."""
    environment.invalidate_all()
    forget_peak()
    before, start = resident_peak(), time.perf_counter()
    work()
    environment.flush_all()
    spent, peak = time.perf_counter() - start, resident_peak()
    environment.cr.rollback()
    environment.invalidate_all()
    return 1e6 * spent / size, max(peak - before, 0)


def tell(size, figures):
    """Print a row of a table."""
    cells = "".join(f" {spent:.0f} µs | + {memory:.0f} MB |" for spent, memory in figures)
    print(f"| {size:,} |{cells}", flush=True)


def grow_readings():
    town = ReadingsTown(env, SIZES[0], 0)
    print("| readings | import | memory | confirmation | memory |\n|--:|--:|--:|--:|--:|")
    present = SIZES[0]
    for size in SIZES:
        town.prepare((size - present) // len(DAYS))
        present = size
        figures = [costs(town.env, town.import_file, size)]
        town.share()
        figures.append(costs(town.env, town.confirm_all, size))
        tell(size, figures)
        town.cr.execute("DELETE FROM utility_reading")
        town.cr.execute("DELETE FROM utility_meter WHERE section_id = %s", [town.sewerage.id])
        town.cr.execute("UPDATE utility_connection_point SET is_shared = false")
        settle(town.env)


def grow_dialog():
    town = ReadingsTown(env, SIZES[0], 0)
    print("| readings | dialog | memory | answer by pages | memory | import by pages | memory |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    present = SIZES[0]
    for size in SIZES:
        town.prepare((size - present) // len(DAYS))
        present = size
        sent = town.file()
        figures = [costs(town.env, lambda file=sent: by_pages(launched_import(town, file)), size)]
        town.share()
        town.insert_there()
        town.cr.execute(
            "UPDATE utility_reading SET index = index + 1, sync_state = 'declined' WHERE origin_reading_id > 0"
        )
        town.cr.execute("UPDATE utility_reading SET origin_reading_id = NULL")
        settle(town.env)
        answer = costs(town.env, lambda: by_pages(opened_dialog(town).run_id), size)
        tell(size, [costs(town.env, lambda: opened_dialog(town), size), answer, *figures])
        town.cr.execute("DELETE FROM utility_reading")
        town.cr.execute("DELETE FROM utility_meter WHERE section_id = %s", [town.sewerage.id])
        town.cr.execute("UPDATE utility_connection_point SET is_shared = false")
        settle(town.env)


def opened_dialog(town):
    """Open *Tout synchroniser*, for few readings as for many."""
    utility_synchronize_mixin.IN_BACKGROUND = 0
    mine = town.readings.with_context(allowed_company_ids=town.water.company_id.ids)
    action = mine.action_synchronize_all()
    return town.env[action["res_model"]].browse(action["res_id"])


def launched_import(town, file):
    importer = ReadingImport(town.env, town.water, file, FileFormat())
    return town.env["utility.reading.import.run"]._launch(importer, "town.csv")


def by_pages(run):
    """Do the work of the background job, without its commits."""
    run.sudo().write({"state": "running", "user_id": run.env.uid})
    while run.state == "running":
        run.sudo()._work_batch()
        run.env.flush_all()
        run.env.invalidate_all()


def grow_export():
    books = Books.open(env)

    def export():
        run = books.run(documents=books.documents.search([("state", "=", "to_export")]))
        books.send(run)

    print("\n| lines | export | memory |\n|--:|--:|--:|")
    for size in SIZES:
        count = size // 3 // MODELS * MODELS
        books.add(count - books.documents.search_count([]))
        tell(3 * count, [costs(books.env, export, 3 * count)])
        books.undo()


def grow_referential():
    books = Books.open(env)
    print("\n| codes | first time | memory | unchanged | memory |\n|--:|--:|--:|--:|--:|")
    for size in SIZES:
        files = Referential(books, size * 10 // 11)
        files.only()
        files.publish()
        settle(books.env)
        figures = [costs(books.env, files.come_in, size)]
        files.come_in()
        settle(books.env)
        figures.append(costs(books.env, files.come_in, size))
        tell(size, figures)
        files.forget()


for each in WHAT:
    globals()[f"grow_{each}"]()
