/** The largest message that is read, in bytes: what one UDP datagram can carry (RFC 3261 §18.1.1). Streams are held to it too. */
export const MESSAGE_SIZE_BYTES_MAX = 65_535;

/** The most header fields one message may have. The longest RFC 4475 example has 46. */
export const HEADER_FIELDS_MAX = 256;

/** The longest header field, name and folds included, in bytes. */
export const HEADER_FIELD_SIZE_BYTES_MAX = 16_384;

/** The largest start line and header block together, in bytes. */
export const HEADER_BLOCK_SIZE_BYTES_MAX = 49_152;
