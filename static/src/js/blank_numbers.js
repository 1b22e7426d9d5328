import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/** A number that nobody entered is left blank: a latitude of 0 lies in the Gulf of Guinea, no meter was made in year 0. */
const blank = (Field) =>
    class extends Field {
        get formattedValue() {
            return this.props.record.data[this.props.name] ? super.formattedValue : "";
        }
    };

registry.category("fields").add("utility_float", { ...floatField, component: blank(FloatField) });
registry.category("fields").add("utility_integer", { ...integerField, component: blank(IntegerField) });
