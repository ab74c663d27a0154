export { createWebApp, type WebAppOptions } from "./app.ts";
export { openWebServer, type WebServer, type WebServerOptions } from "./listen.ts";
export {
  buildSite,
  FolderNotEmpty,
  type SiteOptions,
  type SiteSummary,
} from "./site/build-site.ts";
