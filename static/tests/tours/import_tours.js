/** @odoo-module **/

import { inputFiles } from "@web/../tests/utils";
import { action, openTab, tours } from "./steps";

const FILE = `N° compteur;Relevé le;Nouvel index
17-001;01/02/2025;100
17-001;01/03/2025;90
17-001;01/04/2025;120,5
99-999;01/04/2025;8
`;

const see = (name, value) => ({
    content: `${name}: ${value}`,
    trigger: `.modal .o_field_widget[name=${name}]:contains(/^${value}$/)`,
});
const press = (name) => ({ content: name, trigger: `.modal button[name=${name}]`, run: "click" });

// "Relèves → Importer": the file is seen as a whole, corrected, then written in one go
tours.add("utility_reading_import", {
    url: action("utility_reading_action"),
    steps: () => [
        { content: "import", trigger: ".o_control_panel button:contains('Importer')", run: "click" },
        {
            content: "choose the file",
            trigger: ".modal .o_field_widget[name=file]",
            run: () =>
                inputFiles(".modal .o_field_widget[name=file] .o_input_file", [
                    new File([FILE], "relevés.csv", { type: "text/csv" }),
                ]),
        },
        { content: "the file is there", trigger: ".modal .o_field_widget[name=file] input:value(relevés.csv)" },
        press("action_check"),
        { content: "no column is known as the date", trigger: ".modal .alert-danger:contains('Relevé le')" },
        openTab("format", "Format du fichier"),
        {
            content: "the second column holds the date",
            trigger: ".modal [name=column_ids] .o_data_row:contains('Relevé le') td[name=role]",
            run: "click",
        },
        {
            content: "open the choice",
            trigger: ".modal [name=column_ids] .o_selected_row [name=role] input",
            run: "click",
        },
        { content: "date", trigger: ".o_select_menu_item:contains(/^Date$/)", run: "click" },
        see("new_count", "2"),
        see("refused_count", "2"),
        { content: "day or month first is in doubt", trigger: ".modal .alert-warning:contains('jour')" },
        openTab("refused", "Lignes refusées"),
        {
            content: "a refused row has its line and its reason",
            trigger: ".modal [name=refused_ids] .o_data_row:has(td[name=line]:contains(3)):contains('90')",
        },
        {
            content: "another one is of an unknown meter",
            trigger: ".modal [name=refused_ids] .o_data_row:contains('99-999')",
        },
        { content: "create it", trigger: ".modal .o_field_widget[name=create_meters] input", run: "click" },
        see("new_count", "3"),
        press("action_import"),
        { content: "imported", trigger: ".o_notification:contains('Relèves importées')" },
        see("meter_count", "1"),
        see("pending_count", "2"),
        press("action_view_readings"),
        { content: "the list of what was written", trigger: ".o_list_view .o_data_row:contains('120,5')" },
        { content: "and only that", trigger: ".o_list_view:has(.o_data_row:nth-child(3))" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
