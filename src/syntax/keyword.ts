/** Keywords with an agreed meaning (IANA "IMAP Keywords"). Whether a mailbox can keep them, its permanentFlags say. */
export const Keyword = {
  forwarded: '$Forwarded',
  mdnSent: '$MDNSent',
  junk: '$Junk',
  notJunk: '$NotJunk',
  phishing: '$Phishing',
  important: '$Important',
  submitted: '$Submitted',
  submitPending: '$SubmitPending',
  hasAttachment: '$HasAttachment',
  hasNoAttachment: '$HasNoAttachment',
} as const;
