export {
  controlPathFile,
  controlSocketInside,
  controlSocketPath,
  dataFolderPath,
} from "./data-paths.ts";
