/**
 * The labels of charsets that TextDecoder knows (WHATWG Encoding §4.2) and charset.ts has no other name for. It is asked for
 * no other: it throws then, which is slow, and a subject has room for sixty thousand labels that mean nothing.
 */
export const LABELS: ReadonlySet<string> = new Set(
  (
    'utf-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-16be utf-16le unicode csunicode unicodefeff ' +
    'unicodefffe iso-10646-ucs-2 iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 ' +
    'iso-8859-9 iso-8859-10 iso-8859-11 iso-8859-13 iso-8859-14 iso-8859-15 iso_8859-1:1987 iso_8859-2:1987 ' +
    'iso_8859-3:1988 iso_8859-4:1988 iso_8859-5:1988 iso_8859-6:1987 iso_8859-7:1987 iso_8859-8:1988 iso_8859-9:1989 ' +
    'iso-ir-100 iso-ir-101 iso-ir-109 iso-ir-110 iso-ir-126 iso-ir-127 iso-ir-138 iso-ir-144 iso-ir-148 iso-ir-149 ' +
    'iso-ir-157 iso-ir-58 l1 l2 l3 l4 l5 l6 l9 csisolatin1 csisolatin2 csisolatin3 csisolatin4 csisolatin5 csisolatin6 ' +
    'csisolatin9 csisolatincyrillic csisolatinarabic csisolatingreek csisolatinhebrew csiso88596e csiso88596i csiso88598e ' +
    'csiso88598i cyrillic arabic greek greek8 hebrew visual logical asmo-708 ecma-114 ecma-118 elot_928 sun_eu_greek ' +
    'koi koi8-r koi8-u koi8-ru cskoi8r 866 ibm866 cp819 ibm819 windows-874 windows-1250 windows-1251 windows-1252 ' +
    'windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 macintosh mac csmacintosh ' +
    'x-mac-cyrillic x-mac-ukrainian gbk x-gbk gb18030 gb_2312-80 csgb2312 csiso58gb231280 chinese big5 cn-big5 csbig5 ' +
    'x-x-big5 euc-jp x-euc-jp cseucpkdfmtjapanese iso-2022-jp csiso2022jp shift_jis ms_kanji csshiftjis windows-31j ' +
    'x-sjis euc-kr cseuckr csksc56011987 ks_c_5601-1989 korean'
  ).split(' '),
);
