/**
 * Value of `Clear-Site-Data` that takes from a browser all that pages kept in it: stores, caches and the worker itself. Cookies stay:
 * each is ended by what set it.
 */
export const clearKept = '"storage"';
