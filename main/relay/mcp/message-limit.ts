/**
 * Longest message that is held whole, in bytes, wherever one has to be understood or made one line of: a document in a
 * tool's arguments or result fits. It is also what one server, or one client, can make us hold for each of its calls.
 */
export const MESSAGE_LIMIT_BYTES = 32 * 1024 * 1024;
