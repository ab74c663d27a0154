export {
  buildAnswer,
  buildOffer,
  parseAudio,
  type AudioDescription,
  type Codec,
  type DescriptionOptions,
  type Direction,
} from "./sdp.ts";
