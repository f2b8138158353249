// Words that the model of encodings was not taught: towns, surnames and titles of eight languages.

export interface HeldBack {
  /** ISO 639-1. */
  readonly code: string;
  readonly region: 'central' | 'western';
  readonly pages: readonly string[];
  readonly words: string;
}

const CENTRAL = { region: 'central', pages: ['windows-1250', 'iso-8859-2'] } as const;
const WESTERN = { region: 'western', pages: ['windows-1252', 'iso-8859-15'] } as const;

export const HELD_BACK: readonly HeldBack[] = [
  {
    code: 'cs',
    ...CENTRAL,
    words: `Havlíček Vondráčková Krkonoše Třeboň Žamberk Čáslav Náplavka hřbitov kytaře zvěřinec ostružiny pětiletý
Uherský Šumperk Frýdek-Místek Kadaň Bouček Hrubešová Kašpárek Zemánková Bořivoj Matějka Kubišová Plíhal Těšínský Hřebejk
výhybkář čmelák přepadení loupežník zámečník mlynářka úsměv holubník Koňská Ďáblice Líšeň Želivka`,
  },
  {
    code: 'sk',
    ...CENTRAL,
    words: `Fatranský Ľubovňa Štrkovec krajčírka vyšívaný hlboký rozprávkár Trstená pôžitok čučoriedka
Michaľany Žarnovica Želmíra Ďurica Oľga Kováčik Vrábel Bezák žriebä vzácny drevorubač snežienka pňa Bôrik Ľadový zámočník
Škorupa lietadlá`,
  },
  {
    code: 'pl',
    ...CENTRAL,
    words: `Gorzów Ząbkowice Zakręt więzy chrząszcz źdźbło żarówka Bronisława Częstochowianka wędrówka Śródmieście
Chełm Świebodzin Kędzierski Łukasiewicz Gołąb Mączyński Bąkowska Żebrowski Świątek Jóźwiak Dąbek wiewiórka pieśń łabędź
jaskółka błyskawica świerszcz jeżyna mgła ślimak gąsienica`,
  },
  {
    code: 'hu',
    ...CENTRAL,
    words: `Kővágó csillagfény tűzijáték nővérem Vörösmarty gyümölcsös különleges hétvége zsírszűrő Bükkábrány
Nagykőrös Szentgotthárd Mezőtúr Füzesabony Várpalota Körmend Sümeg Tőkés Szűts Kárpáti Gárdonyi Kőrösi Fűzfa madárijesztő
erdőkerülő kürtőskalács gőzmozdony hóvirág péntekenként tücsök nagyanyám bűvész`,
  },
  {
    code: 'ro',
    ...CENTRAL,
    words: `Argeşul Făt-Frumos călăraş ştiuca împăratul Ţăranul Mărţişor vânătorul sfârşeşte Băneasa
Rădăuţi Fălticeni Păltiniş Haţeg Tăşnad Călimăneşti Lupaşcu Pătraşcu Bălăceanu Brătianu Cărtărescu plimbăreţ grădinar
izvorăşte fântână zâmbet şoimul ţarina mămăligă`,
  },
  {
    code: 'nl',
    ...WESTERN,
    words: `coöperatief geïnteresseerden Daniëlle's ruïneus Oekraïense Coëvorden Israëls Michaëla Raphaëlle Joëlla
Thaïsa Aïcha Anaëlle geëtaleerd heroïsche drieëndertig ideeëloos skiërs fluïde paranoïa naäpen meeëter reünisten
bedoeïenen heiïg ambiëren conciërges premièreweekend crèmekleurig compôte enquêteur maîtresses`,
  },
  {
    code: 'de',
    ...WESTERN,
    words: `Straßenbahn Gänseblümchen Überflieger Völkerball Fußgänger Königsstraße grüßt Lüneburg Weißenfels
Göppingen Gütersloh Lörrach Böblingen Pößneck Füssen Plön Bünde Großenhain Höxter Käßmann Löwitsch Blücher Schönfeld Wölfel
Bärlauch Eßlinger Ströbele Hüttner Jürgens Käsebier Nachtwächter Märchenwald Rübezahl Lügenbaron Hörspiel Räuberhöhle
Zähmung Flüchtling Gärtnerin Süßigkeit`,
  },
  {
    code: 'fr',
    ...WESTERN,
    words: `garçonnet là-haut pâtissière naïvement goûteux bûcheronne Noëlle Pézenas Sète Fécamp Bédarieux Guéret
Châtellerault Bourgogne-Franche-Comté Corbières Ménilmontant Étretat Megève Chambéry Évian Clémenceau Fénelon Crébillon
Bérénice grenouillère dentellière éphémère clémentine épicière Barbe-à-papa brûlot étincelle ménestrel fêlure échassier
rêverie déluge pêcheresse cerfs-volés écluse sérénade mémé pépère`,
  },
];

/** Signs as titles and prices have them; windows code pages have them all. */
export const SIGNS = [
  'Foto’s',
  'Auto’s',
  'Tour – live',
  '„Krimi“',
  'Und dann…',
  '5 €',
  'Pixar™',
  '© 2024',
  '20 °C',
  '« Oui »',
  'Paparazzi’s',
  'Moeder – dochter',
  '“Closing time”',
  'Wordt vervolgd…',
  'Lego®',
  '§ 7',
  'ab 12 €',
  '€ 3',
  'Disney™',
  'rock ’n roll',
];
