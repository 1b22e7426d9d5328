/** @odoo-module **/

import { action, answer, edit, openRow, openTab, save, seeChange, seeQuestion, tours } from "./steps";

const newReading = { content: "new", trigger: ".o_list_button_add, .o_form_button_create", run: "click" };
const openForm = (text) => ({
    content: `open the reading of ${text}`,
    trigger: `.o_data_row:contains("${text}") button[name=action_open_form]`,
    run: "click",
});
const seeState = (label) => ({ content: label, trigger: `.o_field_widget[name=sync_state]:contains("${label}")` });

// "La saisie des index et ou la modification de la consommation sera soumise à validation", from the form
tours.add("utility_reading_form", {
    url: action("utility_reading_action"),
    steps: () => [
        openForm("30 juin 2025"),
        edit("index", "152"),
        save,
        ...seeQuestion("ASSAINISSEMENT"),
        seeChange("150", "152", "Corrigée"),
        ...answer("Synchroniser"),
        seeState("Synchronisée"),
        edit("consumption", "40 && press Tab"),
        edit("modification_reason", "Fuite après compteur"),
        save,
        ...seeQuestion("ASSAINISSEMENT"),
        seeChange("152", "152 (consommation modifiée : 40)", "Corrigée"),
        ...answer("Annuler"),
        seeState("Refusée"),
        { content: "who and what are kept", trigger: ".o_field_widget[name=answer_ids] .o_data_row:contains('Annuler')" },
        { content: "the computed one too", trigger: ".o_field_widget[name=computed_consumption]:contains('52')" },
    ],
});

// the same from the editable list, for a new index
tours.add("utility_reading_list", {
    url: action("utility_reading_action"),
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        newReading,
        { content: "the next meter is proposed", trigger: ".o_selected_row [name=meter_id] input:value(#17-001 · EAU)" },
        { trigger: ".o_selected_row [name=index] input", run: "edit 180" },
        { trigger: ".o_list_button_save", run: "click" },
        ...seeQuestion("ASSAINISSEMENT"),
        seeChange("aucune", "180", "Ajoutée"),
        ...answer("Synchroniser"),
        { trigger: ".o_data_row:contains('180') [name=sync_state]:contains('Synchronisée')" },
        { content: "a modified consumption", trigger: ".o_data_row:contains('180') td[name=consumption]", run: "click" },
        { trigger: ".o_selected_row [name=consumption] input", run: "edit 12" },
        { trigger: ".o_list_button_save", run: "click" },
        { content: "why?", trigger: ".o_selected_row [name=modification_reason].o_field_invalid, .o_selected_row .o_invalid_cell[name=modification_reason]" },
        { trigger: ".o_selected_row [name=modification_reason] input", run: "edit Compteur bloqué" },
        { trigger: ".o_list_button_save", run: "click" },
        ...seeQuestion("ASSAINISSEMENT"),
        seeChange("180", "180 (consommation modifiée : 12)", "Corrigée"),
        ...answer("Synchroniser"),
        { trigger: ".o_data_row:contains('180'):contains('12') [name=sync_state]:contains('Synchronisée')" },
    ],
});

// the keyboard alone: a row is entered by its index, Enter and Tab go on with the next one once the question is answered
tours.add("utility_reading_keyboard", {
    url: action("utility_reading_action"),
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        newReading,
        { content: "the index is entered at once", trigger: ".o_selected_row [name=index] input:focus", run: "edit 180" },
        { trigger: ".o_selected_row [name=index] input", run: "press Enter" },
        ...seeQuestion("ASSAINISSEMENT"),
        { content: "nothing covers the question", trigger: "body:not(:has(.o_datetime_picker)):not(:has(.o-autocomplete--dropdown-menu))" },
        ...answer("Synchroniser"),
        { content: "the next row is there", trigger: ".o_selected_row [name=index] input:focus", run: "edit 190" },
        { trigger: ".o_selected_row [name=index] input", run: "press Tab" },
        { content: "Tab goes on to the consumption", trigger: ".o_selected_row [name=consumption] input:focus", run: "press Tab" },
        { content: "then to the reason", trigger: ".o_selected_row [name=modification_reason] input:focus", run: "press Tab" },
        ...seeQuestion("ASSAINISSEMENT"),
        { content: "nothing covers the question", trigger: "body:not(:has(.o_datetime_picker))" },
        ...answer("Annuler"),
        { trigger: ".o_selected_row [name=index] input:focus", run: "press Escape" },
        { trigger: ".o_data_row:contains('190') [name=sync_state]:contains('Refusée')" },
    ],
});

tours.add("utility_reading_blocked", {
    url: action("utility_reading_action"),
    steps: () => [
        openForm("30 juin 2025"),
        edit("index", "152"),
        save,
        ...seeQuestion("ASSAINISSEMENT"),
        seeChange("150", "152", "Bloquée"),
        ...answer("Synchroniser"),
        seeState("Divergente"),
    ],
});

tours.add("utility_reading_three_sections", {
    url: action("utility_reading_action"),
    steps: () => [
        openForm("30 juin 2025"),
        edit("index", "152"),
        save,
        ...seeQuestion("ASSAINISSEMENT", "IRRIGATION"),
        seeChange("150", "152", "Corrigée"),
        seeChange("aucune", "152", "Ajoutée"),
        ...answer("Synchroniser"),
        seeState("Synchronisée"),
    ],
});

// a bad index is refused with a sentence that names the meter, the dates and both indexes
tours.add("utility_reading_refused", {
    url: action("utility_reading_action"),
    steps: () => [
        openForm("30 juin 2025"),
        edit("index", "99"),
        save,
        {
            trigger:
                ".o_error_dialog, .modal:contains('#17-001'):contains('l’index 99 du 30/06/2025 est inférieur à l’index 100 du 31/03/2025')",
        },
        { trigger: ".modal footer button:first", run: "click" },
        { content: "nothing is lost: the value is still there to correct", trigger: ".o_field_widget[name=index] input:value(99)" },
        { trigger: ".o_form_button_cancel", run: "click" },
        { trigger: ".o_field_widget[name=index] input:value(150)" },
    ],
});

// Relèves à synchroniser: many at once, counted by section
tours.add("utility_pending", {
    url: action("utility_reading_action_pending"),
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains('17-002')" },
        { trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel_actions button:contains('Synchroniser')", run: "click" },
        ...seeQuestion("ASSAINISSEMENT"),
        { trigger: ".modal [name=summary] li:contains('ASSAINISSEMENT : 3 relèves ajoutées')" },
        ...answer("Synchroniser"),
        { trigger: ".o_notification:contains('3 relèves ajoutées')" },
        { trigger: ".o_view_nocontent:contains('Rien n’attend')" },
    ],
});

// "se rendre dans l'onglet "Compteur partagé" puis cliquer sur "Forcer la synchronisation du compteur""
tours.add("utility_force", {
    url: action("utility_meter_action"),
    steps: () => [
        { trigger: ".o_data_row:contains('EAU') td[name=serial_number]", run: "click" },
        openTab("shared_meter", "Compteur partagé"),
        { trigger: ".o_field_widget[name=sharing_summary] p:contains('Ce compteur est actuellement associé à :')" },
        { trigger: "button:contains('Forcer la synchronisation du compteur')", run: "click" },
        ...seeQuestion("ASSAINISSEMENT"),
        seeChange("150", "152", "Corrigée"),
        seeChange("170", "aucune", "Seulement là-bas : conservée"),
        { trigger: ".modal [name=remove_extra] input", run: "click" },
        seeChange("170", "aucune", "Seulement là-bas : supprimée"),
        ...answer("Synchroniser"),
        { trigger: ".o_notification:contains('1 relève corrigée')" },
    ],
});

// Écarts entre sections, and the forced synchronisation from the list
tours.add("utility_gaps", {
    url: action("utility_meter_action_gaps"),
    steps: () => [
        { trigger: ".o_data_row:contains('EAU') td[name=gap_count]:contains('2')" },
        { trigger: ".o_data_row:contains('EAU') .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel_actions button:contains('Forcer la synchronisation du compteur')", run: "click" },
        ...seeQuestion("ASSAINISSEMENT"),
        { trigger: ".modal [name=remove_extra] input", run: "click" },
        seeChange("170", "aucune", "Seulement là-bas : supprimée"),
        ...answer("Synchroniser"),
        { trigger: ".o_view_nocontent:contains('Les sections concordent')" },
    ],
});

tours.add("utility_meter_insight", {
    url: action("utility_meter_action"),
    steps: () => [
        openRow("EAU"),
        openTab("consumption", "Consommation"),
        { content: "the consumption as a graph, its unit on the axis", trigger: ".o_field_widget[name=consumption_graph] svg.o_utility_graph text:contains('m³')" },
        { content: "smart buttons", trigger: ".oe_stat_button:contains('Relèves')", run: "click" },
        { trigger: ".o_list_view .o_data_row:contains('30 juin 2025')" },
        { trigger: ".o_switch_view.o_pivot", run: "click" },
        { trigger: ".o_pivot_view .o_pivot" },
        { trigger: ".o_switch_view.o_graph", run: "click" },
        { trigger: ".o_graph_view canvas" },
    ],
});
