import { ServerError } from "../causes/index.ts";
import { lmdbDirectory, memoryDirectory, type Directory } from "../directory/index.ts";
import { openLmdb } from "../lmdb/index.ts";
import {
  lmdbLocationStore,
  memoryLocationStore,
  type Durability,
  type LocationStore,
} from "../location/index.ts";
import {
  createSocketLayer,
  type SocketLayerOptions,
  type TransportWarning,
} from "../transport/index.ts";
import { createCaseStore, type CaseLimits, type CaseStore } from "./case-store.ts";
import type { CommandArguments, CommandOutput } from "./commands/index.ts";
import { openControlSocket, type ControlSocket } from "./control-socket.ts";
import { createServer, type SipServer } from "./create-server.ts";
import { openDataFolder, type DataFolder } from "./data-folder.ts";
import { Drainage } from "./drainage.ts";
import type { GatewayChanged } from "./gateway-probes.ts";
import { returnMemoryWhenQuiet } from "./memory-return.ts";
import type { Resolver } from "./parts.ts";
import { runCommand, type CommandWorld } from "./run-command.ts";
import { localAddresses, systemClock, systemRandom } from "./system.ts";
import { tokenSecretOf } from "./token-secret.ts";
import type { ServerSettings } from "./world.ts";

/** What a real server is opened with: settings, sockets, and where its data lies. */
export interface OpenServerOptions {
  /** `domains` may be empty: then those of the users in the data folder are served. */
  readonly settings: ServerSettings;
  readonly sockets: SocketLayerOptions;
  /** undefined: everything in memory, nothing outlives the process, no control socket. */
  readonly dataFolder: string | undefined;
  readonly caseLimits?: CaseLimits;
  readonly durability?: Durability;
  readonly resolver: Resolver;
  /** Instead of the embedded ones. They stay their owner's to close. */
  readonly directory?: Directory;
  readonly location?: LocationStore;
  /** A fault of our surroundings, or a bug of ours: for the operator's log. Called at most once a second for each place. */
  readonly fault: (where: string, error: unknown) => void;
  /** A gateway is taken for up or down from now on. */
  readonly gatewayChanged?: GatewayChanged;
}

/** A server that listens, with its stores. */
export interface OpenServer {
  readonly sip: SipServer;
  readonly domains: readonly string[];
  readonly directory: Directory;
  readonly location: LocationStore;
  readonly cases: CaseStore;
  readonly warnings: readonly TransportWarning[];
  /** The same commands that the control socket takes. */
  runCommand(name: string, args: CommandArguments): AsyncIterable<CommandOutput>;
  /** Ends within `drainMs` (0: at once) and closes what it opened. A second call waits for the first. */
  close(options: { readonly drainMs: number }): Promise<void>;
}

/**
 * Opens data folder, stores, sockets and control socket, in this order, or nothing of them.
 *
 * @throws ServerError `data-folder-in-use`, `store-unreadable`, `listener-refused`, `no-domain`
 */
export async function openServer(options: OpenServerOptions): Promise<OpenServer> {
  const opened: (() => Promise<void> | void)[] = [];
  const undo = async (): Promise<void> => {
    // The last opened is closed first; one after another, since each may rest on the one before.
    // oxlint-disable-next-line no-await-in-loop
    for (let close = opened.pop(); close !== undefined; close = opened.pop()) await close();
  };
  try {
    return await open(options, opened, undo);
  } catch (error) {
    await undo();
    throw error;
  }
}

async function open(
  options: OpenServerOptions,
  opened: (() => Promise<void> | void)[],
  undo: () => Promise<void>,
): Promise<OpenServer> {
  const clock = systemClock();
  const random = systemRandom();
  const nowMs = (): number => clock.nowMs();
  const folder = options.dataFolder === undefined ? undefined : openDataFolder(options.dataFolder);
  if (folder !== undefined) opened.push(() => folder.release());
  const { directory, location } = openStores(options, folder, opened);
  const domains =
    options.settings.domains.length > 0
      ? options.settings.domains
      : await domainsOfUsers(directory);
  const cases = createCaseStore({
    folder: folder?.path,
    nowMs,
    ...(options.caseLimits === undefined ? {} : { limits: options.caseLimits }),
  });
  opened.push(() => cases.close());
  const transport = createSocketLayer(options.sockets);
  const settings: ServerSettings = { ...options.settings, domains };
  const sip = await createServer(settings, {
    clock,
    random,
    transport,
    directory,
    location,
    resolver: options.resolver,
    cases,
    tokenSecret: folder === undefined ? random.hex128() : tokenSecretOf(folder.path, random),
    localAddresses,
    fault: options.fault,
    ...(options.gatewayChanged === undefined ? {} : { gatewayChanged: options.gatewayChanged }),
  });
  opened.push(() => sip.close());
  opened.push(returnMemoryWhenQuiet(() => sip.counters.requests + sip.counters.responses));
  const { resolver } = options;
  const world: CommandWorld = {
    directory,
    location,
    domains,
    cases,
    sip,
    resolver,
    random,
    nowMs,
  };
  const control = await openControl(folder, world);
  if (control !== undefined) opened.push(() => control.close());
  const drainage = new Drainage(sip, undo);
  return {
    sip,
    domains,
    directory,
    location,
    cases,
    warnings: transport.warnings,
    runCommand: (name, args) => runCommand(name, args, world),
    close: ({ drainMs }) => drainage.close(drainMs),
  };
}

function openStores(
  options: OpenServerOptions,
  folder: DataFolder | undefined,
  opened: (() => Promise<void> | void)[],
): { readonly directory: Directory; readonly location: LocationStore } {
  if (folder === undefined) {
    return {
      directory: options.directory ?? memoryDirectory(),
      location: options.location ?? memoryLocationStore(),
    };
  }
  const environment = openLmdb({ folder: folder.path });
  opened.push(() => environment.close());
  const shared = { folder: folder.path, environment };
  const { durability } = options;
  const location =
    options.location ??
    lmdbLocationStore(durability === undefined ? shared : { ...shared, durability });
  if (options.location === undefined) opened.push(() => location.close());
  const directory = options.directory ?? lmdbDirectory(shared);
  if (options.directory === undefined) opened.push(() => directory.close());
  return { directory, location };
}

function openControl(
  folder: DataFolder | undefined,
  world: CommandWorld,
): Promise<ControlSocket | undefined> {
  if (folder === undefined) return Promise.resolve(undefined);
  return openControlSocket({
    folder: folder.path,
    run: (command, args) => runCommand(command, args, world),
  });
}

/** Served when nobody said what else: the domains that users were added to. */
async function domainsOfUsers(directory: Directory): Promise<readonly string[]> {
  const domains = new Set<string>();
  for await (const { aor } of directory.entries()) domains.add(aor.slice(aor.lastIndexOf("@") + 1));
  if (domains.size === 0) {
    throw new ServerError(
      "no-domain",
      "no domain to serve: give --domain example.org, name domains in the config, or add a user first",
    );
  }
  return [...domains];
}
