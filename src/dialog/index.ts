export { Dialog, dialogOfUac, dialogOfUas, type DialogId, type DialogRequest } from "./dialog.ts";
