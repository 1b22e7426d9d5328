/* Finds what cannot be read whole on a page (tests/support/screens.py). */

/** What is always read whole. */
const WHOLE =
    "th, label, button, .btn, .badge, .nav-link, .o_form_label, h1, h2, h3, h4, .o_horizontal_separator, " +
    ".o_stat_text, .o_stat_value, .breadcrumb-item, .o_last_breadcrumb_item, .dropdown-item:not(select), .alert, " +
    ".o_data_cell, .o_field_selection input";
/** What somebody presses or reads, which nothing may cover. */
const OPEN = "button, .btn, .badge, .nav-link, label, th, .o_data_cell, input, textarea";
/** What may be wider than the page: tables of figures. */
const WIDE = ".o_pivot, textarea, pre";
/** Odoo's own bar, where the names of companies give way to menus. */
const BAR = ".o_main_navbar";
/** What goes away by itself. */
const PASSING = ".o_loading_indicator, .o_notification_manager";
const ROUNDING = 1.5; // pixels

const isSeen = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getBoundingClientRect().width > 1;
const isField = (element) => ["INPUT", "TEXTAREA"].includes(element.tagName);
const wordsOf = (element) =>
    ((isField(element) ? element.value : element.innerText) || "").replace(/\s+/g, " ").trim();

/** The boxes of a page as they are now: each style and place is asked for once. */
class Layout {
    styles = new Map();
    windows = new Map();

    /** Say whether an element cuts off what is wider ("hidden"), can be scrolled ("scroll"), or neither (""). */
    overflow(element) {
        if (!this.styles.has(element)) {
            const { overflowX } = getComputedStyle(element);
            this.styles.set(element, { hidden: "hidden", clip: "hidden", auto: "scroll", scroll: "scroll" }[overflowX] || "");
        }
        return this.styles.get(element);
    }

    /** Return the part of the window within which an element can be seen. */
    window(element) {
        if (!element) {
            return { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
        }
        if (!this.windows.has(element)) {
            const outer = this.window(element.parentElement);
            const box = this.overflow(element) && element.getBoundingClientRect();
            const inner = box && {
                left: Math.max(outer.left, box.left),
                top: Math.max(outer.top, box.top),
                right: Math.min(outer.right, box.right),
                bottom: Math.min(outer.bottom, box.bottom),
            };
            this.windows.set(element, inner || outer);
        }
        return this.windows.get(element);
    }

    /** Whether an element's words are cut, by what they stand in or by something around it. */
    isCut(element) {
        const inner = [element, ...element.querySelectorAll("*")].filter((each) => this.isTight(each));
        return inner.some((each) => isSeen(each) && wordsOf(each)) || this.isCutAround(element);
    }

    isTight(element) {
        const isClipped = element.tagName === "INPUT" || this.overflow(element) === "hidden";
        return isClipped && element.clientWidth > 1
            && (element.scrollWidth > element.clientWidth + ROUNDING || this.cutsAccents(element));
    }

    /** Whether a box is lower than the accents of the capitals in it. */
    cutsAccents(element) {
        if (!/[À-Þ]/.test(element.textContent)) {
            return false;
        }
        const range = document.createRange();
        range.selectNodeContents(element);
        return range.getBoundingClientRect().top < element.getBoundingClientRect().top - 0.5;
    }

    isCutAround(element) {
        const box = element.getBoundingClientRect();
        for (let outer = element.parentElement; outer && this.overflow(outer) !== "scroll"; outer = outer.parentElement) {
            if (this.overflow(outer) === "hidden") {
                const around = outer.getBoundingClientRect();
                if (around.width > 1 && (box.right > around.right + ROUNDING || box.left < around.left - ROUNDING)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Return what covers an element in the window; nothing if it is scrolled away. */
    coveredBy(element) {
        const box = element.getBoundingClientRect();
        const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
        const { left, top, right, bottom } = this.window(element.parentElement);
        if (x <= left || x >= right || y <= top || y >= bottom) {
            return null;
        }
        const found = document.elementFromPoint(x, y);
        const isOver = found && !found.contains(element) && !element.contains(found) && !found.closest(PASSING);
        return isOver ? found : null;
    }
}

/** Return sentences about what is cut, covered or wider than the page. */
function faultsOfLayout() {
    const layout = new Layout();
    const root = [...document.querySelectorAll(".o_dialog .modal")].pop() || document.body;
    const shown = (words) => [...root.querySelectorAll(words)].filter((each) => !each.closest(BAR) && isSeen(each));
    const name = (element) => `« ${wordsOf(element).slice(0, 60)} » (${element.tagName.toLowerCase()}.${[...element.classList].join(".")})`;
    const faults = shown(WHOLE).filter((each) => layout.isCut(each) && wordsOf(each)).map((each) => `cut ${name(each)}`);
    for (const element of root.querySelectorAll("*")) {
        const isWide = element.scrollWidth > element.clientWidth + ROUNDING && layout.overflow(element) === "scroll";
        if (isWide && !element.closest(WIDE) && !element.querySelector(WIDE) && isSeen(element)) {
            faults.push(`scrolls sideways: ${name(element)}`);
        }
    }
    if (document.querySelector(".o_datetime_picker")) {
        faults.push("a calendar has opened by itself");
    }
    if (document.scrollingElement.scrollWidth > innerWidth + ROUNDING) {
        faults.push("the page scrolls sideways");
    }
    if (!document.querySelector(".o-dropdown--menu, .o_popover, .o_notification")) {
        for (const element of shown(OPEN)) {
            const top = layout.coveredBy(element);
            if (top) {
                faults.push(`${name(element)} lies under ${name(top)}`);
            }
        }
    }
    return faults;
}
