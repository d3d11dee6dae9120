import type { SpecialUse } from './mailbox-list.ts';

/**
 * What mailboxes of a special use are called by servers and clients in the world's languages, in lower case. Within a row,
 * the likelier name stands in front. Names that people give mailboxes of their own ("Important") have no row.
 */
export const SPECIAL_USE_NAMES: readonly (readonly [SpecialUse, readonly string[]])[] = [
  namesOf(
    '\\Sent',
    `
    sent, sent items, sent messages, sent mail, sent-mail, sentmail, sent objects, sentbox, gesendet,
    gesendete elemente, gesendete objekte, gesendete nachrichten, gesendete e-mails, envoyés, éléments envoyés,
    messages envoyés, courrier envoyé, objets envoyés, envoyes, enviados, elementos enviados, mensajes enviados,
    correo enviado, enviado, itens enviados, mensagens enviadas, e-mails enviados, correio enviado, enviadas,
    elements enviats, enviats, posta inviata, inviata, inviati, elementi inviati, messaggi inviati, verzonden,
    verzonden items, verzonden berichten, verzonden objecten, skickat, skickade objekt, skickade,
    skickade meddelanden, sendt, sendte elementer, sendt post, sendt e-mail, sendte meldinger, lähetetyt,
    lähetetyt viestit, sendir hlutir, wysłane, elementy wysłane, wysłane wiadomości, odeslané, odeslaná pošta,
    odeslané pošty, odoslané, odoslaná pošta, odoslané položky, elküldött, elküldött elemek, elküldött üzenetek,
    trimise, elemente trimise, mesaje trimise, poslano, poslana pošta, poslane stavke, poslati, išsiųsta,
    išsiųsti laiškai, nosūtītie, nosūtītie vienumi, saadetud, saadetud üksused, отправленные,
    отправленные сообщения, надіслані, відправлені, изпратени, послато, испратени, απεσταλμένα,
    απεσταλμένα στοιχεία, gönderilmiş postalar, gönderilmiş öğeler, gönderilenler, gönderilmiş, פריטים שנשלחו,
    דואר יוצא, נשלח, العناصر المرسلة, البريد المرسل, المرسلة, المرسل, فرستاده شده, ارسال شده, भेजे गए आइटम,
    भेजा गया, รายการที่ส่ง, จดหมายที่ส่งแล้ว, đã gửi, thư đã gửi, mục đã gửi, terkirim, item terkirim,
    pesan terkirim, 送信済み, 送信済みアイテム, 送信済みメール, 送信済みトレイ, 送信済メール, 보낸편지함, 보낸 편지함, 보낸메일함, 已发送, 已发送邮件, 已发送的邮件, 已传送, 寄件備份,
    寄件備份匣, 已傳送, 已寄出, 寄件匣`,
  ),
  namesOf(
    '\\Drafts',
    `
    drafts, draft, draft messages, entwürfe, entwurf, brouillons, brouillon, borradores, borrador, rascunhos,
    rascunho, esborranys, bozze, bozza, concepten, concept, klad, utkast, kladder, kladde, udkast, luonnokset, drög,
    wersje robocze, kopie robocze, szkice, koncepty, rozepsané, rozpracované, piszkozatok, piszkozat, vázlatok,
    schițe, ciorne, skice, nacrti, osnutki, juodraščiai, melnraksti, mustandid, черновики, чернетки, чернови,
    нацрти, πρόχειρα, taslaklar, taslak, טיוטות, المسودات, مسودات, پیش‌نویس‌ها, پیش نویس, ड्राफ़्ट, ड्राफ्ट,
    จดหมายร่าง, แบบร่าง, thư nháp, bản nháp, konsep, draf, 下書き, 임시보관함, 임시 보관함, 草稿箱, 草稿, 草稿夹, 草稿匣`,
  ),
  namesOf(
    '\\Trash',
    `
    trash, deleted items, deleted messages, deleted, bin, trash can, deleted objects, wastebasket, papierkorb,
    gelöscht, gelöschte elemente, gelöschte objekte, gelöschte nachrichten, corbeille, éléments supprimés,
    messages supprimés, papelera, elementos eliminados, eliminados, papelera de reciclaje, correo eliminado, lixo,
    lixeira, itens excluídos, itens eliminados, excluídos, paperera, elements suprimits, cestino, posta eliminata,
    eliminata, elementi eliminati, prullenbak, prullenmand, verwijderde items, verwijderde berichten, papperskorgen,
    papperskorg, borttagna objekt, papirkurv, papirkurven, slettet post, slettede elementer, søppel, roskakori,
    poistetut, rusl, kosz, elementy usunięte, usunięte, koš, kôš, odstraněná pošta, odstránené, odstránené položky,
    lomtár, törölt elemek, coș de gunoi, coș, elemente șterse, smeće, koš za smeti, otpad, izbrisano, šiukšliadėžė,
    šiukšlinė, atkritne, miskaste, prügikast, kustutatud üksused, корзина, удаленные, удалённые, кошик, видалені,
    кошче, изтрити, отпад, корпа, κάδος απορριμμάτων, κάδος, διαγραμμένα στοιχεία, çöp kutusu, çöp, silinmiş öğeler,
    silinmiş postalar, אשפה, פריטים שנמחקו, المهملات, سلة المهملات, العناصر المحذوفة, زباله‌دان, زباله دان,
    हटाए गए आइटम, ट्रैश, ถังขยะ, รายการที่ถูกลบ, thùng rác, mục đã xóa, sampah, tong sampah, ゴミ箱, ごみ箱, 削除済みアイテム,
    휴지통, 지운 편지함, 삭제된 항목, 已删除, 已删除邮件, 已删除的邮件, 垃圾桶, 废件箱, 废纸篓, 已刪除, 刪除的郵件`,
  ),
  namesOf(
    '\\Junk',
    `
    junk, spam, junk e-mail, junk email, junk mail, bulk mail, bulk, spamverdacht, spam-verdacht, junk-e-mail,
    werbung, unerwünscht, courrier indésirable, indésirables, pourriel, pourriels, correo no deseado, correo basura,
    no deseado, lixo eletrônico, lixo eletrónico, correio de lixo, correu brossa, posta indesiderata, indesiderata,
    ongewenste e-mail, ongewenst, skräppost, skräp, uønsket e-mail, uønsket post, søppelpost, uønsket, roskaposti,
    ruslpóstur, wiadomości-śmieci, wiadomości śmieci, niechciane, nevyžádaná pošta, nevyžádané, nevyžiadaná pošta,
    nevyžiadané, levélszemét, e-mail nedorit, mesaje nedorite, neželjena pošta, neželena pošta, vsiljena pošta,
    brukalas, šlamštas, mēstules, rämpspost, спам, нежелательная почта, небажана пошта, непотрібні, нежелана поща,
    непожељно, ανεπιθύμητα, ανεπιθύμητη αλληλογραφία, önemsiz, önemsiz e-posta, istenmeyen, gereksiz, דואר זבל,
    ספאם, البريد غير الهام, البريد العشوائي, غير هام, هرزنامه, स्पैम, जंक ईमेल, จดหมายขยะ, สแปม, thư rác, 迷惑メール,
    スパム, 스팸메일함, 스팸 메일함, 스팸함, 스팸, 정크 메일, 垃圾邮件, 垃圾郵件, 广告邮件`,
  ),
  namesOf(
    '\\Archive',
    `
    archive, archives, archived, archiv, archiviert, archivage, archivo, archivos, archivado, arquivo, arquivos,
    arquivadas, arxiu, archivio, archivi, archief, arkiv, arkivoitu, arkisto, archiwum, archív, archívum, arhivă,
    arhiva, arhiv, archyvas, arhīvs, arhiiv, архив, архів, архива, αρχείο, αρχειοθήκη, arşiv, ארכיון, أرشيف,
    الأرشيف, بایگانی, संग्रह, ที่เก็บถาวร, lưu trữ, arsip, アーカイブ, 보관함, 보관 편지함, 存档, 归档, 封存, 典藏`,
  ),
  namesOf(
    '\\All',
    `
    all mail, all messages, alle nachrichten, tous les messages, todos, todo el correo, todos os e-mails,
    tutti i messaggi, alle e-mail, alle berichten, alla mail, al post, all e-post, kaikki viestit, wszystkie,
    všechny zprávy, összes levél, toate mesajele, вся почта, уся пошта, όλα τα μηνύματα, tüm postalar, כל הדואר,
    كل البريد, すべてのメール, 전체보관함, 전체 보관함, 所有邮件, 所有郵件`,
  ),
  namesOf(
    '\\Flagged',
    `
    starred, flagged, markiert, gekennzeichnet, suivis, messages suivis, destacados, com estrela, speciali,
    contrassegnati, met ster, stjärnmärkt, stjernemarkeret, stjernemerket, tähdellä merkityt, oznaczone gwiazdką,
    s hvězdičkou, csillagozott, помеченные, із зірочкою, yıldızlı, スター付き, 별표편지함, 已加星标, 星标邮件, 已加星號`,
  ),
];

function namesOf(use: SpecialUse, names: string): [SpecialUse, string[]] {
  return [use, names.trim().split(/,\s+/)];
}

interface Rank {
  use: SpecialUse;
  rank: number;
}

/** Made when it is first needed: who only reads messages does not wait for it. */
let ranks: Map<string, Rank> | undefined;

function ranksByName(): Map<string, Rank> {
  return new Map(
    SPECIAL_USE_NAMES.flatMap(([use, names]) => names.map((name, rank) => [name, { use, rank }] as const)),
  );
}

/** More than any of the names has, with its accents apart. */
const LONGEST_NAME = 100;

/** Mailboxes that others stand below where all of a user's do. */
const ROOTS = new Set(['inbox', '[gmail]', '[google mail]']);

/**
 * What a mailbox is for, told from a well-known name at the top or directly below INBOX or [Gmail]. Of two mailboxes for one
 * use, that of the lower rank is likelier.
 */
export function specialUseByName(name: string, delimiter: string | null): Rank | undefined {
  const levels = delimiter === null ? [name] : name.split(delimiter);
  if (levels.length > 2 || (levels.length === 2 && !ROOTS.has(levels[0]?.toLowerCase() ?? ''))) return undefined;
  const last = levels[levels.length - 1] ?? '';
  // To put the accents of a letter in order takes the square of their number.
  if (last.length > LONGEST_NAME) return undefined;
  ranks ??= ranksByName();
  return ranks.get(last.normalize('NFC').toLowerCase());
}
