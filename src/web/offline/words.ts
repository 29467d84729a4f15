/** Words of reading without a line, and of what waits to be sent. The worker is given those of `offline.worker`. */
import { defineWords } from '../words/define-words.ts';

export const offlineWords = defineWords({
  en: {
    'offline.title': 'You are offline',
    'offline.text': 'This page was not opened here before, so it needs the internet.',
    'offline.again': 'Try again when you have a connection.',
    'offline.calls': 'In an emergency call 999. For urgent help that is not an emergency call 111.',
    'offline.waitingTitle': 'Waiting to send',
    'offline.waitingNone':
      'Nothing is waiting to be sent. What you send without a connection waits here until there is one.',
    'offline.seen': 'You are offline. This is what you saw on {day} at {time}.',
    'offline.slow': 'The connection is too slow now. This is what you saw on {day} at {time}.',
    'offline.seenAt': 'seen on {day} at {time}',
    'offline.canRead': 'You can read these now',
    'offline.notSent': 'You are offline, so this was not sent. Go back: what you typed is still there.',
    'offline.count': 'Waiting to send: {count}',
    'offline.stuck': 'Waiting to send: {count}. You need to do something.',
    'offline.allSent': 'All that was waiting has been sent.',
    'offline.signOutWaiting': 'Something is still waiting to be sent. If you sign out, it is lost. Sign out?',
    'offline.stateWaiting': 'It will be sent when you have a connection.',
    'offline.stateSignIn': 'Sign in to send this',
    'offline.stateWrong': 'This was not accepted: see why, and correct it',
    'offline.written': 'Written on {day} at {time}.',
    'offline.cancel': 'Cancel {title}',
    'offline.sendNow': 'Try to send now',
    'offline.nothing': 'Nothing is waiting to be sent.',
  },
  cy: {
    'offline.title': 'Rydych chi all-lein',
    'offline.text': 'Nid yw’r dudalen hon wedi’i hagor yma o’r blaen, felly mae angen y rhyngrwyd arni.',
    'offline.again': 'Rhowch gynnig arall arni pan fydd gennych gysylltiad.',
    'offline.calls': 'Mewn argyfwng ffoniwch 999. Am help brys nad yw’n argyfwng ffoniwch 111.',
    'offline.waitingTitle': 'Yn aros i gael ei anfon',
    'offline.waitingNone':
      'Does dim byd yn aros. Bydd yr hyn a anfonwch heb gysylltiad yn aros yma nes bydd un.',
    'offline.seen': 'Rydych chi all-lein. Dyma’r hyn a welsoch ar {day} am {time}.',
    'offline.slow': 'Mae’r cysylltiad yn rhy araf nawr. Dyma’r hyn a welsoch ar {day} am {time}.',
    'offline.seenAt': 'gwelwyd ar {day} am {time}',
    'offline.canRead': 'Gallwch ddarllen y rhain nawr',
    'offline.notSent':
      'Rydych chi all-lein, felly nid anfonwyd hyn. Ewch yn ôl: mae’r hyn a deipioch yno o hyd.',
    'offline.count': 'Yn aros i gael ei anfon: {count}',
    'offline.stuck': 'Yn aros i gael ei anfon: {count}. Mae angen i chi wneud rhywbeth.',
    'offline.allSent': 'Mae popeth oedd yn aros wedi’i anfon.',
    'offline.signOutWaiting':
      'Mae rhywbeth yn aros i gael ei anfon o hyd. Os byddwch yn allgofnodi, fe’i collir. Allgofnodi?',
    'offline.stateWaiting': 'Fe’i hanfonir pan fydd gennych gysylltiad.',
    'offline.stateSignIn': 'Mewngofnodwch i anfon hwn',
    'offline.stateWrong': 'Ni dderbyniwyd hwn: gweld pam, a’i gywiro',
    'offline.written': 'Ysgrifennwyd ar {day} am {time}.',
    'offline.cancel': 'Canslo {title}',
    'offline.sendNow': 'Ceisio anfon nawr',
    'offline.nothing': 'Does dim byd yn aros i gael ei anfon.',
  },
  ur: {
    'offline.title': 'آپ آف لائن ہیں',
    'offline.text': 'یہ صفحہ یہاں پہلے نہیں کھولا گیا، اس لیے اسے انٹرنیٹ چاہیے۔',
    'offline.again': 'جب کنکشن ہو تو دوبارہ کوشش کریں۔',
    'offline.calls': 'ہنگامی صورت میں 999 پر کال کریں۔ فوری مدد کے لیے جو ہنگامی نہ ہو 111 پر کال کریں۔',
    'offline.waitingTitle': 'بھیجے جانے کے منتظر',
    'offline.waitingNone': 'کچھ بھی منتظر نہیں۔ جو آپ کنکشن کے بغیر بھیجیں وہ کنکشن ہونے تک یہاں رہتا ہے۔',
    'offline.seen': 'آپ آف لائن ہیں۔ یہ وہ ہے جو آپ نے {day} کو {time} بجے دیکھا تھا۔',
    'offline.slow': 'کنکشن ابھی بہت سست ہے۔ یہ وہ ہے جو آپ نے {day} کو {time} بجے دیکھا تھا۔',
    'offline.seenAt': '{day} کو {time} بجے دیکھا گیا',
    'offline.canRead': 'آپ یہ ابھی پڑھ سکتے ہیں',
    'offline.notSent': 'آپ آف لائن ہیں، اس لیے یہ نہیں بھیجا گیا۔ واپس جائیں: جو آپ نے لکھا وہ وہیں ہے۔',
    'offline.count': 'بھیجے جانے کے منتظر: {count}',
    'offline.stuck': 'بھیجے جانے کے منتظر: {count}۔ آپ کو کچھ کرنا ہے۔',
    'offline.allSent': 'جو منتظر تھا وہ سب بھیج دیا گیا۔',
    'offline.signOutWaiting':
      'کچھ ابھی بھیجا جانا باقی ہے۔ سائن آؤٹ کرنے سے وہ ضائع ہو جائے گا۔ سائن آؤٹ کریں؟',
    'offline.stateWaiting': 'جب کنکشن ہوگا تو یہ بھیج دیا جائے گا۔',
    'offline.stateSignIn': 'اسے بھیجنے کے لیے سائن ان کریں',
    'offline.stateWrong': 'یہ قبول نہیں ہوا: وجہ دیکھیں اور درست کریں',
    'offline.written': '{day} کو {time} بجے لکھا گیا۔',
    'offline.cancel': '{title} منسوخ کریں',
    'offline.sendNow': 'ابھی بھیجنے کی کوشش کریں',
    'offline.nothing': 'بھیجنے کے لیے کچھ منتظر نہیں۔',
  },
});

/** What the worker says itself; it fills day, time, count and title. */
export const workerWords = [
  ...['seen', 'slow', 'seenAt', 'canRead', 'notSent', 'count', 'stuck', 'allSent', 'signOutWaiting'],
  ...['stateWaiting', 'stateSignIn', 'stateWrong', 'written', 'cancel', 'sendNow', 'nothing'],
] as const;
