import { aliasAdd, aliasList, aliasRemove } from "./alias.ts";
import { registrations } from "./registrations.ts";
import type { CommandHandler } from "./types.ts";
import { userAdd, userImport, userList, userPassword, userRemove } from "./user.ts";

export { dns, type DnsPort, type Located, type ToldDestination, type ToldQuestion } from "./dns.ts";
export { gateways, type GatewaysPort, type ToldGateway } from "./gateways.ts";
export { shown } from "./arguments.ts";
export { openLocalPort, type LocalPort } from "./local-port.ts";
export type { RegisteredBinding, Registration } from "./registrations.ts";
export type { CommandArguments, CommandHandler, CommandOutput, CommandPort } from "./types.ts";
export { IMPORT_COMMAND_ROWS_MAX } from "./user.ts";
export { why, type WhyPort } from "./why.ts";

/** The commands that change or list the directory and the location service, by the name they have on the socket. */
export const directoryCommands: Readonly<Record<string, CommandHandler>> = {
  "user add": userAdd,
  "user password": userPassword,
  "user remove": userRemove,
  "user list": userList,
  "user import": userImport,
  "alias add": aliasAdd,
  "alias remove": aliasRemove,
  "alias list": aliasList,
  registrations,
};
