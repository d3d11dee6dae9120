/** Who writes here. Names that are not ASCII stand as encoded words. */
export const ME = 'Robin Weber <robin@example.org>';
export const ANNA = '"Lindqvist, Anna" <anna.lindqvist@example.com>';
export const TOM = 'Tom Okafor <tom@example.com>';
export const MEI = '=?utf-8?B?6Zmz576O?= <mei.chen@example.net>';
export const PRINTER = 'Harbour Print <orders@print.example>';
