import { registry } from "@web/core/registry";
import { referenceField, ReferenceField } from "@web/views/fields/reference/reference_field";

/** The record that a code of the référentiel stands for: of the model of the code's kind, which `res_model` names. */
export class CodeRecordField extends ReferenceField {
    getModelName() {
        return this.props.record.data.res_model;
    }
}

registry.category("fields").add("utility_code_record", {
    ...referenceField,
    component: CodeRecordField,
    extractProps: (info, dynamicInfo) => ({ ...referenceField.extractProps(info, dynamicInfo), hideModel: true }),
});
