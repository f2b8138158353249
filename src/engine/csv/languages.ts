// Words of the languages that brands deliver: which readings of the same bytes are words is learned from them.

/** A language with words that have letters beyond ASCII, as names, titles and towns have them. */
export interface Language {
  /** ISO 639-1. */
  readonly code: string;
  /** How often texts of our brands are in it, against the others. */
  readonly weight: number;
  readonly words: string;
}

export const LANGUAGES: readonly Language[] = [
  {
    code: 'cs',
    weight: 1,
    words: `příběh příběhy řeka řeč řád moře dvořák dvůr kůň můj tvůj stůl dům domů průvodce původní důvod důkaz
růže růžový půlnoc půl vůbec vůz zůstat můžeme může nemůže úřad údolí únor září říjen květen červen červenec
čtvrtek středa pátek neděle pondělí úterý včera dnešní večer večerní zprávy počasí sportovní události televizní
český česká české česko čeština němec německo žena ženy muž muži dítě děti dětský dětství dívka dívky člověk
člověka lidé město města městský náměstí ulice dálnice cesta cestování svět světa světový země vítěz vítězství
láska lásky nenávist přítel přátelé přítelkyně rodiče otec bratři dědeček babička děda tatínek maminka kamarád
škola školní učitel učitelka žák žáci třída věda vědec vědecký objev vynález příroda přírodní zvíře zvířata kočka
pes ptáci kůzle medvěd slon lišky vlčák ryby rybář zahrada květina kytička strom lípa dub třešně jablko švestka
hruška ořech jahůdka brambory polévka knedlíky guláš svíčková řízek chléb rohlík sýr mléko máslo káva čaj pivo víno
pohádka pohádky pohádkář princezna princ král králův královna království čert čerti čaroděj kouzelník víla drak
rytíř bojovník válka válečný mír mírový voják vojáci důstojník generál prezident vláda ministr poslanec zákon soud
soudce vězení vrah vražda zločin zločinec policie policejní detektiv vyšetřování tajemství záhada záhadný příšera
nemocnice lékař doktorka sestřička pacient nemoc léčba zdraví zdravý hvězda hvězdy měsíc slunce slunečný nebe
obloha déšť sníh led vítr bouře bouřka blesk hora hory horský skála jeskyně les lesní louka pole rybník jezero
Jiří Jiřina Ondřej Matěj Tomáš Lukáš Jan Aleš Miloš Luboš Zdeněk Zdeňka Vojtěch Štěpán Šárka Květa Růžena Božena
Žaneta Anežka Kateřina Markéta Lenka Alžběta Eliška Novák Nováková Dvořáková Černý Černá Procházka Procházková
Kučera Kučerová Veselý Veselá Horák Horáková Němec Němcová Pokorný Růžička Růžičková Beneš Benešová Fiala Šimek
Sedláček Sedláčková Doležal Kříž Kovář Kovářová Čermák Čapek Škvorecký Hašek Smetana Janáček Nezval Plzeň Brno
Olomouc Děčín Třebíč Třinec Chomutov Kladno Kolín Kroměříž Žďár Žatec Jičín Jihlava Havířov Karviná Frýdek Místek
Opava Přerov Prostějov Vsetín Zlín Uherské Hradiště Hodonín Břeclav Znojmo Tábor Písek Strakonice Domažlice Klatovy
Sušice Mělník Litoměřice Ústí Teplice Liberec Náchod Trutnov Vrchlabí Špindlerův Příbram Říčany Černošice Beroun
Vítkovice Žižkov Smíchov Vyšehrad Křižovatka křížem věžák věž věčný věřit běžet běh těžký těžba těsto štěstí
šťastný nejšťastnější šťáva píseň písnička básník báseň tiskárna loď loďka teď ďábel ďábelský hnědý žlutý
červený černý bílý modrý zelený šedý fialový růžová novější nejnovější starší mladší největší největšího lepší
nejlepší nejlepších horší nejhorší dražší nižší vyšší bližší další posledního prvního každý každého žádný někdo
něco někdy odněkud což přes před při pro proč protože pořad pořád pořádek ještě právě zpět společně společnost
společný spolupráce účet účty účastník úspěch úspěšný účinek úžasný úplně ústava učení uměn umění umělec umělci
ČESKÁ ŘÍJEN ŽIVOT PŘÍBĚH NEJLEPŠÍ VEČERNÍ ZPRÁVY DĚTI SVĚT MŮJ DŮM KŮŇ
že už tě mě dě ně než jež což když kdyby též až také ať buď teď totiž vždy vždycky nikdy vůbec kvůli mezi kolem přece
svůj svého své svou můžu můžou chtěl chtěla měl měla mít být byť nebýt bývalý začít začal začne začínat počet počtu začátek
konečně určitě rychle dobře špatně částečně zejména stejně jasně hezky krásně přesně docela úplně moc příliš téměř málo
vědět věděl víš vím vědí říct říká řekl řekla řekni slyšet slyšíš vidět viděl vidíš myslíš myslím dělat dělá děláš dělám
přijít přišel přišla odešel jít jít šel šla půjdu půjdeme pojď najít našel ztratit dát dáš vzít mluvit číst psát
peníze práce práci pracovní rodina dům ženě ženám mužů žen dětí lidí roků metrů hodin milionů korun tisíc bodů procent
studentů uživatelů autorů názorů dokumentů výrobků kusů časů zákonů pokojů filmů dílů hráčů lékařů učitelů kluků domů
v Praze v Evropě v Americe v Německu republice společnosti skutečnosti možnosti budoucnosti zkušenosti pravděpodobně
většina většinou několik některý některé nějaký nějaká čtyři devět deset patnáct šest šestnáct pět padesát třicet tři třetí
řešení měření hodnocení vedení umístění spojení řízení zařízení ochraně obraně straně změna změny změně změnit výměna
služba služby vážně možná nutné záležitost množství zboží nabídka sleva koruna čtvrť poušť plť síť šíř žíznivý kříž mříž lež
mládež stráž garáž pasáž masáž reportáž montáž věž muž nůž papež montér
Arnošt Bartoš Ambrož Matouš Tomeš Mareš Mikuláš Jaroš Aloiš Benešov Dušan Danuše Libuše Blažek Blažková Blažena Brož
Brožová Ježek Ježková Ježíš Kolář Lužice Lužnice Možná Nežádoucí Ostružinová Pražák Pražská Pražského Požární Sněžka Stráž
Strážnice Blšany Bžany Bžany Rožnov Rožmberk Rožmitál Soběslav Vyškov Višňová Hošek Hošková Dušek Dušková Šťastný Šťastná
Toušek Ryšavý Bureš Burešová Lukeš Lukešová Kadlečík Vlček Vlčková Vondráček Zajíček Zelenková Křen Přibyl Přibylová Jeřábek
Říha Řehoř Řezníček jehož jejichž jenž rovněž neboť jelikož nýbrž nichž čímž přičemž chceš víš musíš radši spíš příště
společníků systémů problémů systému typů formě univerzitě kvalitě realitě straně hodině kapitole rychlostí čistý čisté hře`,
  },
  {
    code: 'sk',
    weight: 1,
    words: `kôň vôňa stôl môj tvoj svôj kôš nôž môže môžete nemôže pôvod pôvodný pôda pôsobiť bôľ vôl vôľa lôžko
kôra kôpka hôrka dôvod dôkaz dôležitý dôchodok dôvera spôsob ôsmy možnosť radosť mladosť starosť spoločnosť
skutočnosť kosť pamäť päť päťdesiat deväť desať pätnásť šesť šesťdesiat mäso mäkký vädnúť väzenie väzeň svätý
najväčší väčší väčšina zväčša ľad ľudia ľudský ľudstvo ľavý ľahký ľúbiť láska ľúbostný ľan ľútosť ľstivý soľ
učiteľ učiteľka priateľ priateľka priateľstvo kráľ kráľovná kráľovstvo poľovník pole poľský Poľsko bábkoherec
bábika veľký veľmi veľa veľryba najviac dieťa deti dievča chlapec chlapček šťastie šťastný nešťastie šťava
ťava ťažký ťažba ťahať chuť robiť robíš pracovať hľadať nájsť žiť byť mať vedieť vidieť počuť hovoriť myslieť ísť
prísť odísť vrátiť strašiť stáť platiť zaplatiť smrť smrteľný ďakujem ďaleko ďalší ďalšia ďasno ďateľ ďatelina loď
lodička teraz hneď pokladňa kuchyňa kuchyňu dlaň jeseň jaseň báseň pieseň pesnička večerňa tôňa tieň skriňa sviňa
kŕmiť vŕba vŕšok tŕň tŕnie mŕtvy zŕn hŕba stĺp hĺbka hĺbky vĺča kĺb žĺtok jabĺk tĺcť
Slovensko slovenský slovenská slovenčina národ národný rádio televízia správy počasie šport športový športovec
futbal hokejový víťaz víťazstvo súťaž súbor súd súdca súkromný súčasný sústo únia úrad úradník úloha úspech
úspešný účet účasť účastník útok úsmev údolie piatok nedeľa pondelok utorok štvrtok streda apríl máj jún júl
august október rozprávka rozprávky rozprávkový príbeh príbehy príroda príroda prírodný zviera zvieratá mačka mačička
mačiatko myš medveď vlk líška jeleň srnka zajačik jež žaba vtáčik holubička záhrada kvetinárstvo ruža čerešňa
jabloň hruška slivka jahoda zemiak polievka bryndzové halušky chlieb rožok syr mlieko káva čaj pivo víno voda
žena ženy muž muži človek rodič rodičia otec bratia dedko babička starká súrodenec svadba nevesta ženích
nemocnica lekár lekárka choroba zdravý zdravie liečba záchranár hasiči polícia zločin vražda vyšetrovateľ väznica
tajomstvo záhada zámok rytier čert čarodejnica víla škriatok drak hviezda hviezdy mesiac slnko obloha dážď sneh
vietor búrka blesk hora vrch skala jaskyňa les lúka rieka pláž more ostrov ostrova cesta diaľnica mesto námestie
Ľubica Ľubomír Ľuboš Ľudovít Ľudmila Štefan Štefánia Štefánik Ján Jozef Peter Michal Matúš Tomáš Lukáš Marián
Miloš Juraj Žofia Zuzana Božena Mária Alžbeta Katarína Kováč Kováčová Horváth Horváthová Nagyová Novák Tóth Tóthová
Baláž Balážová Šimko Hudák Hruška Oravec Kollár Štúr Hurban Sládkovič Hviezdoslav Kukučín Jesenský Rázus Čapek
Košice Prešov Žilina Trnava Trenčín Piešťany Nitra Poprad Bardejov Svidník Michalovce Humenné Stropkov Snina Levoča
Kežmarok Ružomberok Dolný Kubín Námestovo Čadca Bytča Púchov Považská Bystrica Dubnica Ilava Prievidza Bojnice
Handlová Topoľčany Partizánske Zlaté Moravce Levice Šaľa Šahy Štúrovo Komárno Nové Zámky Galanta Dunajská Streda
Šamorín Senec Pezinok Malacky Skalica Senica Myjava Banská Štiavnica Zvolen Brezno Lučenec Fiľakovo Rožňava Spišská
Gelnica Krompachy Medzilaborce Žiar Kremnica Turčianske Vrútky Oščadnica Štrbské Poľana Tatranská žiadny každý
niečo niekto pretože prečo keď keďže už ešte práve spolu späť dnešný večerný ranný nočný žltý červený čierny
biely hnedý krajší najkrajší starší najstarší lepší najlepší horší dlhší kratší ľahší ťažší bližší vyšší nižší
ĽUDIA KÔŇ VEČERNÉ SPRÁVY DEŇ NAJLEPŠIE ŽIVOT PRÍBEH ŠŤASTIE MÔJ
že už čo čím než jež až tiež taktiež keďže hoci aby lebo pretože preto však veď nič niečoho ničoho vždy nikdy stále
pokiaľ odkiaľ toľko koľko niekoľko čokoľvek ktokoľvek kdekoľvek všetko všetky všetci vôbec kvôli okolo medzi naozaj
náš naša naše našej váš vaša vašej ich jeho jej môjho tvojho svojho musíš môžeš chceš chcieť chcel mal mala byť nebyť začať
začal začne počet počtu počas konečne určite rýchlo dobre zle najmä čoraz úplne takmer málo mnoho množstvo množstva
viem vieš vedel hovorí povedal počul videl vidíš myslím myslíš robí robím robíš robiť prišiel prišla odišiel išiel našiel
stratiť dať vziať čítať písať peniaze práca práci rodina žien mužov detí ľuďom ľudí ľuďoch rokov hodín miliónov eur tisíc
bodov percent študentov používateľov divákov hráčov lekárov učiteľov riaditeľ riaditeľa obyvateľ obyvateľov užívateľ spoľahlivý
cieľ cieľom cieľa podľa vedľa chvíľa chvíľu nedeľu vôľu voľba voľby voľbách slobodný oveľa zďaleka ďalej budúcnosť minulosť
nevyhnutné potreba veličina väčšinou niektorý niektoré nejaký nejaká štyri sedem osem jedenásť dvanásť trinásť dvadsať tridsať
tri tretí riešenie meranie hodnotenie vedenie umiestnenie spojenie zariadenie ochrana zmena zmeny zmeniť výmena služba služby
vážne možno záležitosť tovar ponuka zľava koruna štvrť púšť sieť šírka smäd kríž mreža lož mládež stráž garáž pasáž masáž
reportáž montáž veža nôž pápež muž čas časť časti časť oblasť oblasti vlastnosť účinnosť bezpečnosť skúsenosť
Európe Amerike Nemecku atď napríklad resp školy školou školský ňou ním ňom ňu preňho
Baláž Balážová Bobuľa Bobuľová Cibuľa Cibuľka Cibuľková Tabuľka tabuľky bubliny guľa guľôčka fazuľa hľuza sľub sľúbiť
tľapka kľúč kľučka kľud pľúca pľuť hľa vôľu voľno voľný povoľný povoliť povaľovať búľava Boľ Hrabušice Brežany Briežky Bžany
Bežovce Bežan Belža Beloveža Breznička Požiar požiarnik považuje uvažuje váži vážny dĺžka dlžník týždeň týždňov každý
každého sťažnosť odvážny mužský ženský nemôžu nemôžeme možné množiť nižšie vyššie bližšie Boriš Bartoš Jaroš Mikuláš Aleš
Dušan Lukáš Rišňovce Višňové Vyšná Nižná Nižný Vyšný Mošovce Rašov Šenkvice Šurany šanca získať zistiť použiť využiť vydať
vybrať nechať ostať začať zomrieť odpovedať Forgáč Cigáň Baďan Granč Hrončík Mlynčeky Lipčany finančné informačné tradične
značne čisté angličtina angličtine poďme buďte poďte choďte`,
  },
  {
    code: 'pl',
    weight: 1,
    words: `łódź łódka łóżko łapa łatwy łąka ład łagodny łańcuch łza był była było byli miał miała miasto mąż męża żona
żony życie życia żyć żaba żart żołnierz żołnierze żółty żółw żubr że żaden może można morze rzeka rzeczywistość
książka książki książę księżniczka księżyc księga ksiądz dzień dzisiejszy tydzień miesiąc rok stycznia luty
kwiecień czerwiec sierpień wrzesień październik grudzień poniedziałek środa piątek niedziela święto święta
święty świat światło światowy świetny świeży śnieg śniadanie śmierć śmiech śmieszny ślub śląsk śląski śliczny
środek środowisko ścieżka ściana źródło źle źrebię późno późny również różne róża różowy góra góry górski góral
córka wróg wróżka król królowa królewna królestwo ogród ogrodnik który która które którego jutro wtorek mój
twój swój bóg bóbr wójt próba próżnia główny głowa głos głęboki głód chłopiec chłopak dziewczyna dziewczynka
dziecko dzieciństwo rodzeństwo małżeństwo zwycięstwo zwycięzca bezpieczeństwo społeczeństwo państwo państwowy
królestwa dziedzictwo człowiek ludzie przyjaciel przyjaźń miłość miłości radość młodość starość wolność wolności
wiadomości pogoda możliwość wartość ciemność gość goście kość kości część części szczęście szczęśliwy nieszczęście
pięć pięćdziesiąt dziewięć dziesięć dziesiąty piąty piątka tysiąc pieniądze pieniążek piękny piękna pięść
ręka ręce ręcznik wąż węża wąski wąwóz gąska gęś gęsty kąt ząb zęby dąb dęby ząbki błąd błędy błękitny będzie będą
są idą mają robią mówią chcą wiedzą lubią kochają jedzą piją śpią noszą proszą stąd skąd dokąd
prąd sąd sędzia sąsiad sąsiedzi urząd rząd rządowy wziąć zacząć zdjąć zdjęcia zajęcia wejście wyjście przejście
przyjście odejście ćma ćwiczenie ćwierć być mieć robić mówić chcieć widzieć słyszeć słuchać czytać pisać iść pójść
przyjść wrócić kupić dać brać łapać złapać płakać śpiewać tańczyć grać pływać spać wstać jeść pić gotować
słońce słoneczny słowo słowa słownik słaby słodki słoń stół stolik mleko masło chleb bułka ciastko pączek pierożki
jabłko gruszka śliwka wiśnia truskawka żurek barszcz gołąbki kiełbasa cebula czosnek ziemniak żyto mąka sól
szkoła szkolny nauczyciel uczeń uczennica pisarz poeta malarz artysta aktor reżyser piosenka dziennikarz lekarz
pielęgniarka szpital choroba zdrowie policjant złodziej zabójca zabójstwo śledztwo tajemnica zagadka więzień
więzienie straż strażak pożar pociąg samochód łazienka pokój drzwi okno ściany podłoga dół dach schody
Łódź Kraków Gdańsk Poznań Wrocław Białystok Rzeszów Toruń Częstochowa Sosnowiec Kielce Radom Gdynia Olsztyn Bytom
Zielona Góra Rybnik Tychy Opole Elbląg Płock Wałbrzych Włocławek Tarnów Chorzów Koszalin Kalisz Legnica Grudziądz
Słupsk Jaworzno Jastrzębie Nowy Sącz Jelenia Siedlce Mysłowice Konin Piła Inowrocław Ostrów Lubin Suwałki Gniezno
Stargard Głogów Pabianice Leszno Żory Zamość Łomża Ełk Pruszków Tomaszów Przemyśl Stalowa Wola Kędzierzyn Koźle
Tczew Bełchatów Świdnica Będzin Zgierz Piekary Racibórz Świętochłowice Świnoujście Mielec Żywiec Oświęcim Łowicz
Kołobrzeg Żyrardów Mińsk Mazowiecki Kłodzko Łańcut Łeba Łaziska Małgorzata Łukasz Paweł Michał Rafał Bartłomiej
Stanisław Władysław Bolesław Mieczysław Zdzisław Jarosław Przemysław Bogusław Wiesław Józef Józefa Grażyna Bożena
Elżbieta Agnieszka Żaneta Błażej Wałęsa Kaczyński Kowalski Wiśniewski Wójcik Kamiński Kamińska Lewandowski Zieliński
Zielińska Szymański Woźniak Dąbrowski Dąbrowska Kozłowski Jankowski Wojciechowski Kwiatkowski Krawczyk Piątek Mazur
Kaczmarek Grabowski Pawłowski Król Wróbel Wróblewski Jabłoński Jabłońska Dudziński Stępień Błaszczyk Miłosz Słowacki
Wyspiański Żeromski Sienkiewicz Kościuszko Piłsudski Wyszyński Kieślowski Skłodowska najlepszy największy większy
najpiękniejszy młodszy starszy wyższy niższy bliższy dłuższy późniejszy nowość gdyż już także też tylko dlatego się
cię mnie nią nim jeszcze trochę naprawdę proszę dziękuję kocham żegnaj cześć ŻYCIE MIŁOŚĆ ŚWIAT WIADOMOŚCI PÓŁNOC
SPÓŁKA PODRÓŻ RÓŻA CZĘŚĆ DZIEŃ KSIĘGA współczesny wspólny współpraca półka północ południe pół podróż podróżnik spółka
że już też jeż niż aż gdyż także każdy każda każde każdego żeby również ponieważ wreszcie właśnie właściwie oczywiście
coś ktoś jakiś gdzieś kiedyś któraś dość wciąż przecież jesteś jesteśmy byłeś byłaś byliśmy miałem miałeś masz mieliśmy
chciał chciała chciałbym chciałaby powiedział powiedziała powiedzieć mówić mówi mówię myślę myślisz wiem widzę widział słyszę
robię robić zrobić dać dał dała wziął wzięła zaczął zaczęła poszedł poszła przyszedł przyszła wrócił stało się dzieje
sobą tobą mną nią tą tę swoją moją twoją naszą waszą inną jedną drugą pierwszą ostatnią nową starą dobrą całą każdą
osobą kobietą matką siostrą szkołą wodą drogą ziemią ręką nogą głową rodziną firmą grą sprawą pracą wojną wiosną zimą nocą
osobę kobietę matkę siostrę szkołę wodę drogę ziemię rękę nogę głowę rodzinę firmę grę sprawę pracę wojnę sobotę niedzielę
historię listę parę chwilę minutę godzinę stronę uwagę władzę decyzję sytuację informację relację funkcję komisję kolację
imię ramię plemię zwierzę dziewczę cię mię idę będę mogę chcę proszę piszę muszę lubię kupię zobaczę wezmę biorę robię
są mogą będą chcą wiedzą muszą mają dają grają znają czytają piszą idą jadą wezmą biorą zrobią lubią kupią zobaczą tańczą
materiał materiały dział wydział podział udział działa działanie działać tytuł artykuł wymiar skład przykład przykłady układ
zakład wkład wykład całość całkowity ciało ciała działalność społeczny społeczność wykształcenie ważny ważne ważna możemy
może można trzeba wśród pośród około mało dużo wiele kilka czterdzieści trzydzieści dwadzieścia cztery sześć siedem osiem
procent złotych złoty zł złota srebro usługa usługi obsługa wysłać wysyłka zamówienie płatność płacić zapłacić koszt sprzedaż
współpracować umożliwia dostęp użytkownik użytkownika użytkowników używać zużycie położenie założyć złożyć służba służyć
częściowo większość mniejszość jakość ilość ludność przyszłość przeszłość teraźniejszość świadomość odpowiedź odpowiedzieć
znaleźć wyjść przyjść nieść nieźle źli źrenica gałąź maź więź weź przywieź łóżku róż nóż stróż straż garaż bandaż masaż
ustaw ustąpić wstąpić wystąpić następny następnie zwłaszcza zazwyczaj rzadko często najczęściej
Ślipko Śliwa Śliwiński Ślusarczyk Świerczek Śmigiel Śladowski ślady Hadaś Jaś Staś Kubuś Tomuś Jakubiś byś jakichś czyichś
Lizoń Ficoń Gawroń Mędrek Mętel Mętlik mętny Lębork lędźwie Jędrys Jędrzej Jędrzejczak Jędrzejów Fąferek Wąsik Wąchock Bąk
Bączek Gąsior Gąsiorowski Rąbka rąk bąbel Kąkol Mączka Sączek Zając Zajączek Frączek Pająk Pączek Ząbek żadne żal żale
energię ofertę herbatę opinię sesję kwestię misję sytuacją opinią panią ofiarą europejską polską unią Marią
generał upadł wpadł spadł uciekł usiadł zjadł umarł odszedł wszedł ukradł biegł mógł wyniósł pomógł uniknąć ominąć`,
  },
  {
    code: 'hu',
    weight: 1,
    words: `erdő erdei erdők mező mezők idő időjárás időben nő nők női férfi férfiak szülő szülők esküvő esküvői tető
teknős első másik harmadik ötödik hetedik tizedik jövő jövőre eső esős szőlő szőke hős hősök hősnő könyv könyvek
könyvtár zöld fekete fehér piros kék sárga szürke barna rózsa rózsaszín virág virágok gyűrű gyűrűk gyűjtő gyűlölet
fű fűszer fűtés mű műsor műsorok műhely művész művészet művelődés könnyű szerű gyönyörű keserű egyszerű népszerű
nagyszerű hűség hűséges hűtő bűn bűnös bűnügyi tű tűz tűzoltó szűk szűz sűrű különös különböző külföld külön üzlet üzenet ünnep ünnepi ügyvéd ügyes üveg ülés út utazás úszás újság újra új úr úrnő úton kút fiú fiúk lány lányok
háború háborús szomorú hosszú hosszúság rövid savanyú lassú nyúl nyár nyári tél téli tavasz ősz őszi őszinte őrség
őrült őr őrző őse ők őt öt öröm örök örökség ördög öreg ököl összes összeg öltöny önkéntes kör körút körte kötél
köd köszönöm közös között középső közeli közönség közlekedés küldetés győr győztes győzelem gyógyszer gyógyítás
gyerek gyermek gyár gyors kígyó kutya macska ló lovak madár madarak medve farkas róka oroszlán elefánt hal halász
tyúk bárány kecske szarvas tehén bárányka kenyér tej sajt vaj tojás hús csirke gulyás lángos pörkölt paprika bors
só cukor kávé tea bor sör pálinka víz alma szilva barack dió mogyoró répa káposzta uborka paradicsom burgonya
család családi anya apa nagymama nagypapa testvér nővér húga öccse barát barátnő barátság szerelem szerelmes szív
házasság férj feleség gyermekkor születésnap temető halál halálos élet életem élő élni ég égbolt csillag csillagok
nap hold világ világos világháború város városi főváros falu utca tér híd hajó vonat repülő repülőtér autó busz
iskola tanár tanárnő tanuló diák egyetem könyvesbolt színház színész színésznő film zene zenész ének énekes énekesnő
táncos táncosnő festő költő író írónő újságíró szerkesztő rendező orvos orvosnő kórház beteg betegség gyógyszertár
rendőr rendőrség gyilkos gyilkosság nyomozó tolvaj börtön bíró bíróság ügyész titok titkos rejtély rejtélyes szellem
kísértet boszorkány varázsló tündér sárkány király királynő királyság herceg hercegnő vitéz lovag kard csata győző
Magyarország magyarok magyarországi Budapest Győr Szeged Debrecen Pécs Miskolc Székesfehérvár Kecskemét Nyíregyháza
Szombathely Érd Tatabánya Sopron Kaposvár Békéscsaba Zalaegerszeg Eger Nagykanizsa Dunaújváros Hódmezővásárhely Cegléd
Mosonmagyaróvár Szentendre Gödöllő Vác Esztergom Hajdúböszörmény Kiskunfélegyháza Gyöngyös Ózd Szekszárd Orosháza
Komárom Mezőkövesd Püspökladány Keszthely Siófok Balatonfüred Tihany Hévíz Kőszeg Csíkszereda Kolozsvár Marosvásárhely
László István József János Zoltán Sándor Gábor Ferenc Attila Péter Tamás György Károly Béla Miklós Imre Lajos Tibor
Csaba Géza Ernő Dezső Jenő Győző Gergő Zsófia Erzsébet Mária Katalin Éva Ilona Júlia Ágnes Márta Ildikó Mónika Klára
Réka Nóra Nagyné Kovács Tóth Szabó Horváth Varga Kiss Molnár Németh Farkas Balogh Papp Lakatos Takács Juhász Mészáros
Oláh Simon Rácz Fekete Szilágyi Török Fehér Balázs Gál Kocsis Fodor Szűcs Pintér Lukács Gulyás Bíró Király Katona
László Fazekas Kelemen Somogyi Rákóczi Széchenyi Petőfi Jókai Mikszáth Móricz Kosztolányi Babits Radnóti Örkény
Puskás Bartók Kodály Erkel Liszt Munkácsy Ady Arany és vagy mert hogy ezért azért után előtt mögött fölött alatt
mellett felől belül kívül körül között nélkül jó jól jobb legjobb rossz nagyon több kevés hány mindig soha még már
csütörtök szombat hétfő kedd szerda péntek vasárnap január február március április május június július október
legnagyobb legújabb felelős kérdés válasz történet történelem jövőkép kezdődő következő utolsó később későn előző
hírek híradó HÍRADÓ MŰSOR IDŐJÁRÁS GYŐR NŐK szeretők kettő ezerkettő levegő felhő erő erős erőszak gyengéd mérnök
nevű nevű című értelmű betű tűnik tűnt szűrő bővebben bőven belőle tőle róla felőle előtte időnként kiből ebből abból
ebből azért amíg így úgy hogyan mivel közül körül mögül fölé alá fölül belül kívül során számára részére végül először
szükség szükséges lehetőség lehetőségek minőség mennyiség elnök elnöke vezető vezetője szerző szerzői felhasználó szolgáltató
működik működés működő megőrzés gyűlés küldött üzenő kérdező fiúk férfiakkal nőkkel időt időre időpont esetén közben`,
  },
  {
    code: 'ro',
    weight: 1,
    words: `România român română românesc românească Bucureşti Bucureştiul Iaşi Iaşiul Timişoara Constanţa Galaţi Braşov
Brăila Ploieşti Piteşti Bacău Piatra Neamţ Târgu Mureş Târgovişte Râmnicu Vâlcea Suceava Botoşani Focşani Buzău
Călăraşi Slobozia Giurgiu Alexandria Reşiţa Lugoj Arad Oradea Satu Mare Bistriţa Năsăud Sibiu Făgăraş Mediaş Sighişoara
Sfântu Gheorghe Miercurea Târnăveni Hunedoara Petroşani Lupeni Drobeta Severin Craiova Slatina Roşiorii Câmpulung
Câmpina Sinaia Buşteni Predeal Râşnov Codlea Săcele Oneşti Moineşti Comăneşti Roman Paşcani Hârlău Huşi Bârlad Vaslui
Tecuci Mangalia Năvodari Medgidia Cernavodă Feteşti Ţăndărei Urziceni Olteniţa Găeşti Moreni Mizil ştiri ştirile
ştiinţă ştiinţific ştie ştiu şi să sămânţă săptămână sănătate sănătos săgeată sărbătoare sărut sărac sălbatic
şcoală şcolar şosea şofer şoarece şase şapte şarpe şef şedinţă şansă şah ţară ţări ţărm ţăran ţigară ţigan ţintă
ţine ţinut viaţă vieţi viaţa faţă faţa piaţă piaţa dimineaţă gheaţă ceaţă speranţă siguranţă diferenţă conferinţă
dorinţă fiinţă voinţă credinţă naţional naţiune naţionala internaţional acţiune emoţie emoţii relaţii informaţii
situaţie staţie poliţie poliţist poliţia justiţie condiţii tradiţie soluţie revoluţie evoluţie creaţie înainte înapoi
început începe încă încet închis închisoare întrebare întâlnire întâmplare înger îngeri înalt înţelept înţelege
între împreună împărat împărăteasă împotriva îmi îţi îl îi în înot învăţător învăţa mâine mâna mână mâini pâine câine
câini câmp câmpie cântec cântă cântăreţ cântăreaţă când cât câte gând gânduri vânt vânător vânătoare pământ pământul
sânge sfânt sfârşit sfârşitul tânăr tânără tineri bătrân bătrână bătaie bătălie război războiul războinic răspuns rău
răi răsărit răzbunare rămas bun băiat băieţi băieţel fată fete fetiţă femeie bărbat bărbaţi copil copii copilărie
mamă tată bunică bunic soră frate fraţi părinţi părinte familie căsătorie nuntă naştere moarte moartă dragoste iubire
iubită inimă inimă suflet casă casă casa masă masă măr mărul pădure pădurea apă apa foc stâncă munte munţi mare ţărmul
râu râul lacul insulă cer stea luna soarele ploaie zăpadă furtună iarnă iarna primăvară vară vara toamnă toamna luni marţi
miercuri joi vineri sâmbătă duminică ianuarie februarie martie aprilie mai iunie iulie august pisică vacă găină raţă
urs lup vulpe pasăre păsări peşte peşti albină floare păpuşă poveste poveşti basm zână vrăjitor vrăjitoare rege regină
prinţ prinţesă cavaler comoară castel cetate oraş oraşul oraşe sat satul stradă drum călător călătorie călătorii maşină
maşini avion tren corabie lume lumea om oameni oraşului fără după până către lângă câţiva dacă deşi aşa şi-a acasă
azi astăzi ieri seară seara noapte nopţi bună ziua mulţumesc vă rog domnişoară doamnă domnul preşedinte preşedintele
ministru guvern alegeri lege avocat judecător crimă criminal hoţ hoţi secret mister noroc norocos frumoasă frumuseţe
frumoşi bogaţi săraci cunoscuţi pierduţi uitaţi morţi vii celebrităţi vedetă vedete muzică muzică dans dansatoare artă
artist pictură scriitor scriitoare cărţi carte bibliotecă jucător jucători echipă campioană fotbal învingător Ştefan
Ştefania Ştefănescu Mihăilescu Mădălina Cătălin Cătălina Gheorghiţă Ioniţă Ţiriac Ţepeş Brâncuşi Brâncoveanu Bălcescu
Călinescu Păunescu Sădeanu Năstase Băsescu Vlăduţ Răzvan Bogdănescu Dănuţ Dănilă Lucreţia Mărioara Ileană Tănase
Sârbu Rădulescu Rădoi Văcărescu Măgureanu Mărgineanu Grădinaru Croitoru Ciobănoiu Olărescu Bărbulescu Constantinescu
ROMÂNIA ŞTIRI VIAŢA ÎNGERI POVEŞTI BUCUREŞTI
că să mă vă nu-i ţi-a să-mi sub fără după dacă până însă încât atât astfel decât câteva câţiva niciodată totuşi deşi
aici acolo aşa aşadar astăzi odată îndată foarte puţin puţine mulţi multă toată toţi toate această acestă aceeaşi aceiaşi
altă câtă nişte fiecare orice oricât noi voi dânsul dânsa îşi li se am aţi au avea aveţi este eşti suntem sunteţi poţi putea
puteţi vrea vreţi ştim ştiţi faceţi făcut făcea fă zice spună spus crede crezi văzut vedea vezi auzit găsit pierdut dat luat
plătit cumpărat vândut trăit murit născut crescut rămâne rămână rămas coborî urî hotărî doborât urât omorât târziu devreme
bărbaţii femeile copiii părinţii prietenă prietenă profesoară directoare doctoriţă actriţă actriţe cântăreaţa vânzătoare
zi zile săptămâni lună luni ani oră ore minută secundă secole an nou vechi nouă bună bune rea frumos frumoasă mică mici
mare mari lungă scurtă înaltă joasă grasă slabă tânără bogată săracă liberă română engleză franceză germană maghiară rusă
italiană spaniolă limbă limbi formă forme temă armă firmă urmă normă reformă problemă sistemă schemă cremă dramă gramă
capitală naturală socială centrală generală locală importantă constantă elegantă ortodoxă catolică politică economică publică
fizică matematică istorică literatură cultură agricultură arhitectură natură măsură figură căldură răceală boală gură
mâncare băutură brânză lapte ouă carne legumă salată supă ciorbă pâinea cafea ceai bere vin zahăr sare ulei miere măcar
afirmă confirmă informează începând lucrează lucrând mergând făcând văzând spunând jucând câştigă câştiga câştigător pierde
întoarce întoarcere înţelegere înţeles întotdeauna împreună întreg întreagă îndrăgostit îndrăgostiţi înghiţit încercare
maximă minimă clasă operă fixă farmacie grupă echipă pagină maşină rampă lampă pompă cupă plasă fosă Roşu Roşca
Chişinău Bălţi Ţurcanu Dumitraşcu Mureşan Mureşanu Moldoveanu Olaru Ţîrlea Şerban Şerbănescu Şandru Neagoş Mariş Bercioş`,
  },
  {
    code: 'de',
    weight: 1,
    words: `für über übermorgen übrigens müde müssen müssten können könnte möchte möglich möglichkeit hören gehört schön
schöne schönste größe größer größte groß großvater großmutter straße straßen spaß fuß füße fußball weiß heiß
heißt außer außen draußen grüße grüßen süß süße schließen schloß fluß maß maßnahme gemäß regelmäßig mädchen männer
männlich frühling früh frühstück fünf zwölf fünfzig fünfzehn jäger gärtner verkäufer käufer bäcker bäckerei ärzte
ärztin arzt älter älteste ältere ändern änderung ähnlich ängstlich äpfel äußerung abfälle anfänger ausländer bär
bären bäume bäuerin bücher bücherei blätter brücke brüder bruder bühne bürger bürgermeister büro tür türen tücher
tödlich tote töten tochter töchter söhne könig königin königreich köln kölner münchen münchner nürnberg düsseldorf
würzburg lübeck göttingen tübingen saarbrücken mönchengladbach münster österreich österreicher österreichisch öl
öffentlich öffnen öffnung oberösterreich niederösterreich kärnten vöcklabruck mödling krähe käse käfer känguru kälte
kämpfen kämpfer küche küche küsse küste kürbis kühl glück glücklich unglück geschäft geschäfte gefängnis geräusch
geschädigt gewürz grün grüne gemüse gefühl gefühle hölle höhle höhe höher hügel hühner hütte häuser hände händler
länder länge längst lächeln lärm löwe löwen lösung lösungen lüge lügner lücke mäuse märchen märz märkte möbel mögen
möwe mühle mündung mütter müller müllerin nähe nächste nächster nächte nähen nötig nüsse plätze plötzlich präsident
prüfung prüfen qualität quälen rätsel räuber römer römisch rübe rücken rückkehr rühren sänger sängerin sätze säule
schädel schäfer schläft schlüssel schnäppchen schätze schüler schülerin schützen schwäche schwäbisch schwül spät
später spüren stärke städte städtisch stück stücke stühle stürme süden südlich südtirol tänzer täglich täter tätig
träume träumen trüb überraschung überleben übung ungefähr universität unmöglich unterstützung verfügung vergnügen
vögel völlig völker vorwärts rückwärts wähler während wälder wärme wäsche wörter wörterbuch wünsche wünschen würde
würden würfel wüste zähler zähne zärtlich zögern zurück züge zürich günther jürgen jörg björn käthe bärbel grönemeyer
schröder schäuble böll göring müllermilch krüger schäfer köhler böhm bräuer größl kühn jäger vögele fröhlich höfer
GRÜN ÖSTERREICH MÜNCHEN FÜR ÜBER GRÖSSE Ärger Öfen Übel Dämmerung Dörfer Böden Bäder Äcker Ölberg Königsberg
Fräulein Geständnis Verhältnis Ergänzung Erklärung Erzählung Gebäude Gelände Getränke Gespräch Gemälde Nachwüchsler
Jubiläum Kapitän Militär Sekretär Komödie Tragödie Melodie Föhr Rügen Thüringen Allgäu Bodensee Görlitz Jülich Düren
dafür wofür für’s würd würdest hätte hätten wäre wären müsse dürfen dürfte läuft fährt fällt hält trägt schlägt
übernimmt über’s außerdem schließlich ließ ließen weiß saß aß vergaß fließt genießen begrüßen mäßig zunächst während nämlich
völlig ständig tatsächlich natürlich persönlich gewöhnlich üblich jährlich nützlich ländlich männer Straße Größe Höhe Länge`,
  },
  {
    code: 'nl',
    weight: 1,
    words: `België Belgische Italië Spanje Australië Azië Indië Indonesië Slovenië Slowakije Tsjechië Roemenië Bulgarije
Kroatië Servië Bosnië Macedonië Albanië Brazilië Argentinië Colombië Bolivië Nigerië Algerije Tunesië Libië Syrië Saoedi
Arabië Mongolië Georgië Armenië Estland Letland Scandinavië Noorwegen Finland Groot Brittannië Californië Zeeën zeeën
knieën ideeën feeën reeën tweeën drieën twee drieëntwintig tweeëntwintig tweeëndertig coördinatie coöperatie
coördinator zoölogie microörganisme geïnteresseerd geïmporteerd geïsoleerd beïnvloeden beëindigen beëdigd geëerd
geëist geëmigreerd reünie ruïne ruïnes egoïsme egoïst egoïstisch heroïne cafeïne cocaïne naïef naïeve maïs Haïti
Oekraïne Oekraïens mozaïek prozaïsch archaïsch hebreeuws atheïst judoïsme koe patiënt patiënten cliënt cliënten
efficiënt coëfficiënt ingrediënt ingrediënten oriënt oriëntatie variëren varianten hiërarchie industrieën categorieën
melodieën theorieën bacteriën oliën poriën financiën premiën financiële materiële officiële speciën ministeriële
essentiële provinciën koloniën kopiëren kopieën skiën skiër spiegel spionage geschiedenis knie zee één vóór dóór
café cafés cafetaria logé logee coupé privé attaché cliché clichés comité dictée diner soirée entrée première
premières scène scènes crème crèche barrière carrière carrières ampère volière misère affaire crêpe enquête enquêtes
gêne tête fêteren maîtresse hôtel hé hè gé ça façade Curaçao reçu sauzen ragoût à la carte déjà vu voilà
röntgen überhaupt fröbel föhn knäckebröd señor jalapeño René André Renée Desirée Zoë Noël Joël Raphaël Michaël Daniël
Daniëlle Gabriël Gabriëlle Raoul Chloë Hermiëne Thaïs Anaïs Eloïse Heloïse Aïda Naïm Noé Hélène Irène Geneviève
Eugène Thérèse Françoise François José Bénédicte Dré Cécile Frédérique Valérie Agnès Barthélemy Beëlzebub Israël
Israëlisch Ismaël Samuël Emanuël Mariël Maëlle Ariël Citroën Škoda Müller Jürgen Günther Björn Jørgen Søren Brönte
Weër weeë geüpdatet geüniformeerd ambiguïteit continuïteit vacuüm geünificeerd reïncarnatie naïviteit heroïsch
stoïcijns zoïets introduceren kanoën kanoër poëzie poëet poëtisch Poëzieweek boeddhïst oboïst oboë aloë aërodynamisch
aëroob Kaïn kaïro Caïro dieet dieëten drieën geërfd geënt geëvenaard geëxplodeerd beëindiging beïnvloeding geïrriteerd
geïnstalleerd geïntroduceerd geïnspireerd geïllustreerd geïdentificeerd ongeëvenaard zeeëgel zeearend tweeëiig
tweeërlei mecaniciën muziek élan éclair étage études crédit débâcle décor dédain défilé démarche dépêche détail
café’s foto’s auto’s radio’s video’s baby’s menu’s pizza’s opa’s oma’s mama’s papa’s euro’s ’s-Gravenhage
’s-Hertogenbosch ’s avonds ’s morgens ’t Harde ’n zo’n m’n z’n d’r Anna’s Peter’s Lisa’s Max’ GEÏNTERESSEERD BELGIË
Noordwijk Curaçaose fluïdum genreëel reële reëel ideële creëren creëert creatie gecreëerd België’s meeëten
bèta scène crèche première hè né à façade enquête fêtes één bèta's gêne crêpe tête-à-tête carrière barrière
volière misère ampère cafeïne coïncidentie oceaan continuïteit officieel officiële commerciële industriële traditioneel
traditionele religieuze financiën beëindigd geëindigd reüniefilm ontreddering efficiëntie patiënte cliënte gecoördineerd
Reahûs hûs Sibrandahûs Mûnein Súdwest Fryslân Skarsterlân Boarnsterhim Gaasterlân Gytsjerk Tytsjerk Jistrum Dêr skûtsje
Vajèn Èn Vliëland Wâldswei Noardeast brêge brûs lân wâld Hylpen Ljouwert Snits Frjentsjer Súd`,
  },
  {
    code: 'fr',
    weight: 1,
    words: `été étés étaient était étoile étoiles école écoles écolier écran éclair écrire écrivain éditeur édition égalité
église électrique élève élèves élégant émission émissions énergie énigme époque épée équipe équipes erreur espérance
état États-Unis étrange étranger étudiant évènement événement évidence père mère frère frères mères pères
première premières dernière dernières carrière rivière lumière lumières manière matière bière prière barrière
rosière guerrière sorcière croisière cuisinière infirmière fermière policière poussière frontière entière entièrement
collège privilège piège siège siècle siècles règle règles règne mètre mètres kilomètre fenêtre fenêtres fête fêtes bête bêtes tête
tempête conquête enquête enquêtes quête requête rêve rêves rêver rêveur forêt forêts arrêt prêt prêtre être êtres
même mêmes extrême suprême crème problème problèmes système systèmes thème poème poèmes deuxième troisième quatrième
cinquième sixième septième huitième neuvième dixième vingtième très près après auprès progrès succès procès accès
décès excès dès grès Molière Voltaire Hélène Irène Eugène Thérèse Geneviève Adèle Angèle Joëlle Michèle Gisèle
modèle fidèle fidèles parallèle zèle nièce pièce pièces espèce espèces Grèce Suède Norvège
à là voilà déjà delà au-delà où çà ça français française François Françoise façon façade garçon garçons leçon leçons
reçu reçoit déçu aperçu soupçon Besançon Alençon Provence fiançailles glaçon maçon hameçon rançon commerçant
château châteaux bâtiment bâton gâteau gâteaux pâte pâtes pâtisserie âge âgé âme âmes âne lâche tâche grâce grâces
théâtre infâme pâle pâques crâne hâte câble blâme râle Île île îles naître connaître paraître disparaître maître
maîtres maîtresse boîte boîtes dîner chaîne chaînes abîme fraîche fraîcheur croître cloître plaît gîte
hôtel hôtels hôpital hôpitaux hôte hôtesse côte côté côtes côtelette dôme drôle fantôme fantômes diplôme pôle
rôle rôles rôti tôt bientôt plutôt aussitôt contrôle icône trône clôture entrepôt impôt dépôt nôtre vôtre Rhône Saône
août goût goûter dégoût coût coûter croûte voûte sûr sûre sûreté mûr mûre brûler brûlure flûte bûche bûcheron
dû crû jeûne déjeûner piqûre où naïf naïve naïveté maïs haïr Haïti héroïne héroïque égoïste mosaïque laïque ïambe
Noël Noëls Joël Raphaël Israël canoë poële ambiguë aiguë cœur cœurs sœur sœurs œuvre œuvres œuf œufs œil bœuf nœud
vœu vœux chœur chœurs mœurs rancœur écœurant manœuvre désœuvré œdème cœlacanthe fœtus Œdipe
aimé aimée année années journée soirée matinée armée durée entrée idée idées pensée musée musées lycée marée fée fées
poupée bébé bébés café cafés marché marchés côté société sociétés santé beauté liberté vérité réalité qualité
télévision télé téléphone cinéma comédie comédien tragédie médecin médecine mémoire général générale génération
révolution réponse répéter réserve résultat réunion réussir réveil république séance sécurité sélection série séries
sévère début débutant décembre février décision défaut défense degré délicieux demoiselle démon départ dépêche député
désert désir détective développement hélicoptère héritage héros hésiter idéal immédiat intérêt japonaise journée légende légende
léger mélodie mélange ménage mérite météo métier métro mystère mystères mystérieux nécessaire négatif numéro numéros
océan opéra opération opinion pâturage périple pénible Pérou phénomène planète planètes poésie poète poètes policier
précis préféré préparer présence président présidente présenter prévision prévoir quotidien récit récolte région
André Amélie Aurélie Benoît Cécile Céline Chloé Clémence Émile Émilie Éric Étienne Gérard Jérôme Léa Léo Mélanie
Noémie Océane Rémi René Renée Sébastien Stéphane Valérie Zoé Zoë Anaïs Loïc Gaël Maël Orléans Nîmes Béziers Saint-Étienne
Angoulême Évreux Épinal Périgueux Mâcon Châlons Châteauroux Compiègne Fougères Vendée Ardèche Isère Lozère Corrèze
Hérault Pyrénées Ariège Finistère Nièvre Genève Neuchâtel Liège Québec Montréal Brême Athènes Crète Algérie Dieppe
Béjart Piaf Édith Depardieu Gérard Céleste Léon Zola Mallarmé Prévert Camus Méliès Truffaut Godard Lumière Renoir
Cézanne Manet Degas Bécaud Trénet Aznavour Goncourt l’été d’été l’école d’or l’amour aujourd’hui qu’il jusqu’à c’est n’est
s’il d’Artagnan l’Île l’Hôtel presqu’île quelqu’un ÉCOLE ÉTÉ THÉÂTRE FRANÇAIS PREMIÈRE À LA FENÊTRE GARÇON NOËL
à où là ça fût eût bût sût lût mît fît dît prît vînt tînt naquît reçûmes fûmes êtes fûtes grâce même peut-être
arrête arrêter prête prêter mêle mêler vêtements vêtir guêpe crêpe bêtise tempêtes honnête honnêteté ancêtre ancêtres
complète complètement secrète discrète inquiète inquiéter achète achètent lève lèvent mène amène appelle espère préfère
célèbre célèbres lièvre fièvre chèvre lèvres orfèvre bibliothèque discothèque cinémathèque hypothèse synthèse thèse
près-midi zèbre ébène gène gêne gêner frêle grêle pêche pêcheur pêcher évêque dépêcher empêcher revêtir bâti
Lefèvre Lefebvre Mazières Rozières Ferrières Fougères Verrières Sarrebruck Thérèse Bèze Lèves Mèze`,
  },
  {
    code: 'en',
    weight: 0.5,
    words: `café cafés résumé naïve façade fiancé fiancée cliché clichés décor déjà vu touché soufflé sauté purée pâté entrée
exposé protégé protégée passé blasé crème brûlée crêpe à la mode vis-à-vis voilà señor piñata jalapeño El Niño Beyoncé
Penélope Renée Zoë Chloë Brontë Noël Andrés São Paulo Zürich Düsseldorf Malmö Björk Motörhead Mötley Crüe Hüsker Dü Pokémon
don’t can’t won’t it’s I’m you’re we’re they’re he’s she’s that’s what’s let’s who’s there’s isn’t wasn’t didn’t
couldn’t shouldn’t o’clock rock’n’roll ’n’ Grey’s Ocean’s Schindler’s Rosemary’s Bridget’s Charlie’s Pan’s Children’s
Women’s Men’s World’s Today’s Valentine’s Mother’s Father’s New Year’s St. Patrick’s McDonald’s Levi’s O’Brien O’Connor
O’Neill D’Angelo Côte d’Ivoire Curaçao coöperate Häagen Dazs smörgåsbord über doppelgänger Führer angström Ragnarök`,
  },
  {
    code: 'es',
    weight: 0.15,
    words: `España español española niño niña niños año años mañana señor señora señorita sueño sueños pequeño pequeña
montaña araña compañía cañón piñata otoño baño daño Coruña Cataluña Peñíscola Muñoz Núñez Ibáñez Peña Íñigo Begoña
corazón canción pasión misión televisión información estación también adiós después además así aquí allí más está
día días río tío María José García López Pérez González Rodríguez Fernández Martínez Sánchez Gómez Jiménez Díaz Álvarez
Ramón Andrés Inés Mónica Verónica Ángel Óscar Málaga Cádiz Córdoba León Ávila Mérida Perú México Bogotá Panamá
pingüino vergüenza cigüeña qué quién cómo cuándo dónde por qué sí mí tú él último música público águila ángeles árbol éxito época
¿Qué ¿Quién ¿Cómo ¿Dónde ¿Por ¡Hola ¡Viva ¡Ay ¡Qué ¡Feliz ¡Olé`,
  },
  {
    code: 'it',
    weight: 0.08,
    words: `città libertà verità felicità realtà età metà papà università qualità novità è cioè caffè tè perché poiché né
benché così sì lunedì martedì mercoledì giovedì venerdì lì qui però può andrò sarò farò più giù virtù gioventù tivù Forlì
Niccolò Nicolò Mosè Cefalù già là società L’amore l’Italia dell’arte un’altra c’è d’Italia nell’anno`,
  },
  {
    code: 'pt',
    weight: 0.08,
    words: `São João não pão mão irmão coração canção televisão informação nação educação ação paixão verão Cristóvão
Sebastião mãe mães amanhã manhã maçã irmã alemã Guimarães Magalhães capitães opções ações corações limões Camões você
português Lourenço Gonçalves França cabeça dança avô avó três mês inglês Luís Antônio António Conceição Maranhão Ceará Goiás
Brasília Belém Macapá Florianópolis açúcar água história música rádio à às àquele`,
  },
  {
    code: 'nordic',
    weight: 0.15,
    words: `København Århus Ålborg Øresund Malmö Göteborg Västerås Örebro Linköping Norrköping Jönköping Umeå Luleå Gävle
Borås Västra Östersund Tromsø Bodø Ålesund Lillehammer Jørgen Søren Bjørn Øyvind Håkon Håkan Åse Åsa Pål Børge Jørn Sørensen
Jørgensen Møller Kjær Nørgaard Ødegård Solskjær Bråthen Bergström Sjöberg Lindström Sjögren Åkesson Öberg Östlund
Hägglund Källström Björn Björk Björklund Göran Jörgen Sören Märta Kärlek kärlek på år får går står små blå också när
där här är för över öster öl och från två språk sång långt smörgås smørrebrød rød grøn sø øl ø å æble ære æg dværg
værelse kærlighed være læge præst fødselsdag køb høst dør bjørn mørk drøm drømme hjælp Hämäläinen Räikkönen Häkkinen Väinö
Jyväskylä Hyvinkää Mäkinen Särkijärvi yö työ tyttö äiti isä hyvä päivä Reykjavík Ísland Þór Sigurðsson`,
  },
  {
    code: 'south-slavic',
    weight: 0.15,
    words: `Novak Đoković Modrić Rakitić Perišić Mandžukić Kovačić Brozović Vida Lovren Srna Šuker Ivanišević Čilić Petković
Jovanović Nikolić Ilić Milić Babić Marić Kovač Horvat Župančič Prešeren Cankar Dončić Dragić Pogačar Roglič Tadić
Vučić Đinđić Milošević Karadžić Mladić Stanković Popović Đorđević Šimunić Šiško Žarko Željko Živko Miloš Siniša Nataša
Saša Maša Tanja Višnja Snježana Džeko Pjanić Ibišević Salihamidžić Čović Banovići Šibenik Čakovec Varaždin Križevci
Požega Đakovo Osijek Omiš Poreč Umag Krško Škofja Žalec Črnomelj Piran Kočevje Celje Niš Čačak Užice Šabac Pančevo noć
kuća sreća ljubav život žena djeca čovjek riječ reč može ući ići kći svjetlost škola čas`,
  },
];
