/** What the generated mail talks about, and who writes it. */

export const WORDS =
  `the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were
all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new
some could these two may first then do any like my now over such our man me even most made after also did many before must well back through
years where much your way down should because long each just those people how too little state good very make world still own see men work
project report meeting invoice release server update schedule customer budget question review attached please thanks regards weekly monthly
draft proposal deadline contract delivery account order payment ticket issue branch commit deploy backup index network latency cache table
window garden kitchen summer holiday train flight hotel family school music paper coffee bicycle library harbour mountain river weather`.split(
    /\s+/,
  );

/** By charset; each phrase can be written in it. */
export const PHRASES: Readonly<Record<string, readonly string[]>> = {
  'iso-8859-1': [
    'Größe und Qualität prüfen',
    'Überprüfung der Änderungen',
    'déjà reçu à la réunion',
    'numéro de série épuisé',
    'señal de mañana',
    'coração e ação',
    'Smörgåsbord på fredag',
    'Þetta er próf',
    'Vår bästa hälsning',
  ],
  'iso-8859-15': ["Prix : 45 € l'unité", 'Œuvre complète', 'Žádost'],
  'iso-8859-2': ['Zażółć gęślą jaźń', 'Příliš žluťoučký kůň', 'Árvíztűrő tükörfúrógép'],
  'windows-1252': ['“Quoted” — with dashes…', 'It’s 50 € today', '™ and ® signs • bullets'],
  'windows-1251': ['Съешь ещё этих мягких французских булок', 'Привет, как дела?', 'Отчёт за квартал'],
  'koi8-r': ['Широкая электрификация южных губерний', 'Счёт на оплату', 'Встреча завтра'],
  'iso-8859-7': ['Καλημέρα σε όλους', 'Ξεσκεπάζω την ψυχοφθόρα'],
  'windows-1255': ['שלום לכולם', 'דוח שבועי'],
  'windows-1256': ['مرحبا بكم', 'التقرير الشهري'],
  'iso-2022-jp': ['会議の議事録', '見積書を送付します', 'お世話になっております', 'テストメール'],
  shift_jis: ['添付ファイルをご確認ください', '明日の予定について', '表示ソ能'],
  'euc-jp': ['日本語の件名テスト', '請求書のご案内'],
  gb2312: ['会议纪要请查收', '项目进度报告', '您好世界'],
  gb18030: ['測試簡繁體混合', '订单确认通知'],
  big5: ['會議通知', '附件請查收', '功蓋天下'],
  'euc-kr': ['회의록을 보내드립니다', '안녕하세요 세계', '견적서 요청'],
  'utf-8': [
    'Grüße aus München',
    '会议 meeting 会議',
    'Καλημέρα κόσμε',
    'Привет мир',
    '안녕하세요',
    'שלום עולם',
    'مرحبا بالعالم',
    '😀 Party 🎉 tonight',
    'naïve café — résumé',
    'Ｆｕｌｌｗｉｄｔｈ',
    'Việt Nam quê hương',
    'ภาษาไทยไม่มีช่องว่าง',
    'e\u0301 combining',
    '👩‍👩‍👧‍👦 family',
  ],
};

export const FIRST_NAMES = [
  'Alice',
  'Bob',
  'Carol',
  'David',
  'Erin',
  'Frank',
  'Grace',
  'Heidi',
  'Ivan',
  'Judy',
  'Karl',
  'Laura',
  'Mallory',
  'Niaj',
  'Olivia',
  'Peggy',
  'Quentin',
  'Rupert',
  'Sybil',
  'Trent',
  'Uma',
  'Victor',
  'Wendy',
  'Xavier',
  'Yvonne',
  'Zoe',
];
export const LAST_NAMES = [
  'Smith',
  'Jones',
  "O'Brien",
  'van der Berg',
  'Nguyen',
  'Garcia',
  'Keller',
  'Rossi',
  'Kowalski',
  'Andersson',
  'Silva',
  'Tanaka',
  'Cohen',
  'Haddad',
  'Popov',
];
/** Names beyond ASCII, each with a charset that holds it. */
export const OTHER_NAMES: readonly (readonly [name: string, charset: string])[] = [
  ['Jürgen Müller', 'iso-8859-1'],
  ['François Lefèvre', 'iso-8859-1'],
  ['Łukasz Żak', 'iso-8859-2'],
  ['Иван Петров', 'koi8-r'],
  ['山田太郎', 'iso-2022-jp'],
  ['王小明', 'gb2312'],
  ['陳大文', 'big5'],
  ['김철수', 'euc-kr'],
  ['Αλέξης', 'iso-8859-7'],
  ['Zoë “Zo” Ångström', 'utf-8'],
  ['Renée, Director', 'utf-8'],
];
export const DOMAINS = [
  'example.org',
  'example.com',
  'mail.example.net',
  'corp.example',
  'sub.dept.example.edu',
  'xn--bcher-kva.example',
];
