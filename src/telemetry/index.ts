export { operatorLog, type OperatorLog } from "./operator-log.ts";
