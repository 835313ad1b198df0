// An exported page has no kernel: its model (page/model.js) answers only what was prepared.

/** Whether this is an exported page. */
export const onExportedPage = (model) => "prepared" in model;

/** Whether a message will be answered. What will not is not offered. */
export const isAnswered = (model, message) => !onExportedPage(model) || model.prepared(message);

/** The units whose arithmetic can be had, [{layer, index}]; null where every unit's can. */
export const onlyUnits = (model) => (onExportedPage(model) ? model.units : null);
