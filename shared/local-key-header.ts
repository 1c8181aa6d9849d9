/** Header that carries a client's local key. It never leaves the machine. */
export const LOCAL_KEY_HEADER_NAME = 'Lanyard-Key';
