"""What people called Aleksandr or Katarzyna are called: short forms of first names, ru, pl, en.

A form may belong to several names (Саша is Александр or Александра). Spelling does not matter:
the table is looked up by sound, so `Sasha` finds what `Саша` finds.
"""

from collections.abc import Mapping
from functools import cache

from warmline.customers.matching.sound import sound

_RU = """
Александр: Саша Саня Сашка Шура Санёк Алекс; Александра: Саша Шура Аля Саня Сашенька;
Алексей: Лёша Алёша Лёха Лёшка; Анатолий: Толя Толик; Андрей: Андрюша Дрон; Антон: Тоша Антоша;
Аркадий: Аркаша; Арсений: Сеня Арсен Арсюша; Артём: Тёма Артемий Тёмка; Артур: Артурчик;
Богдан: Богдаша; Борис: Боря; Вадим: Вадик; Валентин: Валя; Валерий: Валера; Василий: Вася Васёк;
Виктор: Витя Витёк; Виталий: Виталик Виталя; Владимир: Вова Володя Вовка Влад;
Владислав: Влад Владик Слава; Всеволод: Сева; Вячеслав: Слава Славик; Геннадий: Гена;
Георгий: Гоша Жора Гера Егор; Герман: Гера; Глеб: Глебушка; Григорий: Гриша;
Даниил: Данила Даня Данил; Денис: Дениска Дэн; Дмитрий: Дима Митя Димка Димон; Евгений: Женя Жека;
Егор: Егорка Гоша; Захар: Захарка; Иван: Ваня Ванька; Игорь: Игорёк Гарик; Илья: Илюша Илюха;
Иосиф: Ося; Кирилл: Кира Кирюша; Константин: Костя Костик; Леонид: Лёня; Лев: Лёва;
Макар: Макарка; Максим: Макс Максик; Марк: Марик; Матвей: Мотя; Михаил: Миша Мишка;
Никита: Никитка Ник; Николай: Коля Колян; Олег: Олежка; Павел: Паша Пашка; Пётр: Петя Петька;
Роман: Рома Ромка; Ростислав: Слава Ростик; Руслан: Русик Руся; Савелий: Сава; Святослав: Слава;
Семён: Сёма Сеня; Сергей: Серёжа Серёга Серый; Станислав: Стас Слава Стасик; Степан: Стёпа;
Тарас: Тарасик; Тимофей: Тима Тимоша; Тимур: Тима; Фёдор: Федя; Филипп: Филя; Эдуард: Эдик;
Юрий: Юра Юрка; Яков: Яша; Ярослав: Слава Ярик; Алевтина: Аля; Алина: Аля Алинка; Алла: Аллочка;
Алёна: Лена Алёнка Елена; Анастасия: Настя Ася Стася Настёна; Ангелина: Лина Геля;
Анжелика: Лика Анжела; Анна: Аня Анюта Нюра Нюта Анечка; Антонина: Тоня; Валентина: Валя;
Валерия: Лера Валера; Варвара: Варя; Василиса: Вася Лиса; Вера: Верочка; Вероника: Ника Вера;
Виктория: Вика Тори; Галина: Галя; Дарья: Даша Дарина Дашка; Диана: Дина; Евгения: Женя Евгеша;
Евдокия: Дуся; Екатерина: Катя Катюша Катерина Катенька; Елена: Лена Алёна Леночка;
Елизавета: Лиза Лизавета; Жанна: Жанночка; Зинаида: Зина; Зоя: Зоечка; Инна: Инночка;
Ирина: Ира Иришка Арина; Кира: Кирочка; Клавдия: Клава; Кристина: Кристя Крис;
Ксения: Ксюша Оксана Ксюха; Лариса: Лара Лора; Лидия: Лида; Любовь: Люба; Людмила: Люда Мила Люся;
Майя: Маечка; Маргарита: Рита Марго; Марина: Мариша Маришка;
Мария: Маша Маруся Марья Маня Машенька; Надежда: Надя; Наталья: Наташа Наталия Ната Таша;
Нина: Ниночка; Оксана: Ксюша Ксения; Ольга: Оля Олечка; Полина: Поля Полинка; Раиса: Рая;
Светлана: Света Лана; София: Соня Софья Софа; Тамара: Тома; Татьяна: Таня Танюша; Ульяна: Уля;
Эльвира: Эля; Юлия: Юля Юлька; Яна: Янка Яночка
"""
_PL = """
Adam: Adaś Adamek; Agata: Agatka; Agnieszka: Aga Agusia; Aleksander: Olek Alek Aleks;
Aleksandra: Ola Oleńka Olka; Alicja: Ala Alka; Andrzej: Jędrek Andrzejek Jędruś; Aneta: Anetka;
Anna: Ania Anka Andzia Hania Anusia; Antoni: Antek Antoś; Arkadiusz: Arek; Artur: Arturek;
Barbara: Basia Baśka; Bartłomiej: Bartek; Bartosz: Bartek; Beata: Beatka; Bogdan: Boguś;
Bogusław: Boguś; Bożena: Bożenka; Cezary: Czarek; Damian: Damianek; Daniel: Danielek;
Danuta: Danka Danusia; Dariusz: Darek; Dawid: Dawidek; Dominik: Domin; Dominika: Domka;
Dorota: Dorotka Dora; Edward: Edek; Elżbieta: Ela Elka Elżunia; Emilia: Emilka; Eugeniusz: Gienek;
Ewa: Ewka Ewunia; Ewelina: Ewelinka; Filip: Filipek; Franciszek: Franek; Gabriela: Gabrysia Gabi;
Grażyna: Grażynka Grażka; Grzegorz: Grzesiek Grześ Grzesio; Halina: Halinka Hala;
Hanna: Hania Hanka; Helena: Hela Helenka; Henryk: Heniek Henio; Ignacy: Ignaś; Irena: Irenka Ira;
Iwona: Iwonka; Izabela: Iza Izabella Izka; Jacek: Jacuś; Jadwiga: Jadzia Jagoda;
Jakub: Kuba Kubuś; Jan: Janek Jasiek Jaś Jasio; Janina: Janka Jasia; Janusz: Januszek;
Jarosław: Jarek; Jerzy: Jurek Jerzyk; Joanna: Asia Aśka Joasia; Jolanta: Jola Jolka;
Józef: Józek Józio; Julia: Julka Jula; Justyna: Justynka; Kacper: Kacperek; Kamil: Kamilek;
Kamila: Kamilka; Karol: Karolek; Karolina: Karolinka Karola;
Katarzyna: Kasia Kaśka Kasieńka Katka; Kazimierz: Kazik; Kinga: Kinia; Klaudia: Klaudzia;
Konrad: Konradek; Krystyna: Krysia Kryśka; Krzysztof: Krzysiek Krzyś Krzychu; Leszek: Lech Lesio;
Lucyna: Lucynka; Łukasz: Łukaszek Łuki; Maciej: Maciek Maciuś; Magdalena: Magda Madzia Magdusia;
Małgorzata: Gosia Małgosia Gośka Małgośka; Marcin: Marcinek; Marek: Mareczek;
Maria: Marysia Maryla Marynia Majka; Mariola: Mariolka; Mariusz: Mariuszek;
Marta: Martusia Martyna; Mateusz: Mati Mateuszek; Michał: Michałek Misiek; Mieczysław: Mietek;
Mirosław: Mirek; Mirosława: Mirka; Monika: Monia; Natalia: Natalka Nata; Oliwia: Oliwka;
Patrycja: Patka; Patryk: Patryczek; Paulina: Paula Paulinka; Paweł: Pawełek Pawcio;
Piotr: Piotrek Piotruś; Przemysław: Przemek; Radosław: Radek; Rafał: Rafałek; Renata: Renatka;
Robert: Robercik; Roman: Romek; Ryszard: Rysiek Rysio; Sebastian: Seba; Sławomir: Sławek;
Stanisław: Staszek Stasiek Staś Stach; Stefan: Stefek; Sylwia: Sylwka; Szymon: Szymek;
Tadeusz: Tadek; Teresa: Terenia Tereska Renia; Tomasz: Tomek Tomuś; Urszula: Ula Ulka;
Wacław: Wacek; Waldemar: Waldek; Wanda: Wandzia; Weronika: Wera Weronka; Wiesław: Wiesiek;
Wiktor: Wiktorek; Wiktoria: Wika Wiki; Władysław: Władek; Włodzimierz: Włodek;
Wojciech: Wojtek Wojtuś; Zbigniew: Zbyszek Zbysiu; Zdzisław: Zdzisiek Zdzich; Zenon: Zenek;
Zofia: Zosia Zośka; Zuzanna: Zuzia Zuza; Zygmunt: Zyga
"""
_EN = """
Abigail: Abby; Alexander: Alex Alec Sandy; Alexandra: Alex Sandra Lexi; Alfred: Alf Fred;
Amanda: Mandy; Andrew: Andy Drew; Anthony: Tony; Arthur: Art; Barbara: Barb Barbie;
Benjamin: Ben Benny; Bernard: Bernie; Catherine: Cathy Kate Cat; Charles: Charlie Chuck;
Charlotte: Lottie; Christina: Chris Tina; Christine: Chris Chrissy; Christopher: Chris Kit;
Cynthia: Cindy; Daniel: Dan Danny; David: Dave Davy; Deborah: Deb Debbie; Donald: Don;
Dorothy: Dot Dolly; Edward: Ed Eddie Ted Ned; Eleanor: Ellie Nell;
Elizabeth: Liz Beth Betty Lizzie Eliza Betsy; Emily: Em; Emma: Em; Frances: Fran; Francis: Frank;
Frederick: Fred; Gabriel: Gabe; Gerald: Gerry; Gregory: Greg; Harold: Harry; Helen: Nell;
Henry: Harry Hank; Isabella: Bella Izzy; Jacob: Jake; James: Jim Jimmy Jamie; Jeffrey: Jeff;
Jennifer: Jen Jenny; Jessica: Jess Jessie; John: Johnny Jack; Jonathan: Jon; Joseph: Joe Joey;
Joshua: Josh; Judith: Judy; Katherine: Kate Katie Kathy Kit; Kathleen: Kathy Kath;
Kenneth: Ken Kenny; Kimberly: Kim; Lawrence: Larry; Leonard: Leo Len;
Margaret: Maggie Meg Peggy Greta Madge; Martin: Marty; Mary: Molly Polly; Matthew: Matt;
Michael: Mike Mick Mickey; Michelle: Shelly; Nancy: Nan; Nathaniel: Nathan Nat;
Nicholas: Nick Nicky; Nicole: Nicky Nikki; Oliver: Ollie; Pamela: Pam;
Patricia: Pat Patty Trish Tricia; Patrick: Pat Paddy; Peter: Pete; Philip: Phil; Raymond: Ray;
Rebecca: Becky Becca; Richard: Rick Dick Rich Ricky; Robert: Bob Rob Bobby Robbie Bert;
Ronald: Ron; Samantha: Sam; Samuel: Sam Sammy; Sandra: Sandy; Sarah: Sally; Stephanie: Steph;
Stephen: Steve; Steven: Steve; Susan: Sue Susie; Theodore: Ted Theo; Thomas: Tom Tommy;
Timothy: Tim; Valerie: Val; Victoria: Vicky Tori; Vincent: Vince; Virginia: Ginny; Walter: Walt;
William: Bill Will Billy Liam; Zachary: Zach
"""
_ALONE = """
Ashley Brian Betty Brenda Brandon Carol Dennis Donna Eric Gary George Jason Jack Karen Kevin Laura
Linda Lisa Mark Melissa Nathan Paul Ruth Ryan Rachel Amy Angela Sharon Shirley Simon Scott Sean
Adrian Anton Eryk Jozefina Maja Lena Nikola Natasza Nadia Wiktor Marian Lech Igor Oskar Leon
Ruslan Эмма Милана Элина Регина Рената Роза
"""

_ALIKE = """
Пётр Piotr Peter Petro; Михаил Michał Michael Mykhailo; Александр Aleksander Alexander Oleksandr;
Александра Aleksandra Alexandra Oleksandra; Андрей Andrzej Andrew Andriy; Павел Paweł Paul Pavlo;
Николай Mikołaj Nicholas Mykola; Иван Jan John Ivan; Георгий Jerzy George;
Григорий Grzegorz Gregory; Екатерина Katarzyna Catherine Katherine Kateryna;
Елизавета Elżbieta Elizabeth Yelyzaveta; Маргарита Małgorzata Margaret; Мария Maria Mary;
Анна Anna Anne Ann Hanna Ганна; Елена Helena Helen Olena; София Zofia Sophia Sofia;
Наталья Natalia Natalie Nataliya; Томаш Tomasz Thomas; Кшиштоф Krzysztof Christopher;
Лука Łukasz Luke Лукаш; Семён Szymon Simon Semen; Матвей Mateusz Matthew; Иосиф Józef Joseph;
Яков Jakub Jacob; Степан Stefan Stephen Stepan; Даниил Daniel Danylo;
Константин Konstanty Constantine; Виктор Wiktor Victor; Виктория Wiktoria Victoria;
Вероника Weronika Veronica; Барбара Barbara Варвара; Агнешка Agnieszka Agnes;
Кристина Krystyna Christina; Юлия Julia Yulia; Тереса Teresa Theresa; Магдалена Magdalena;
Эва Ewa Eve; Роберт Robert; Адам Adam; Марк Marek Mark; Филипп Filip Philip;
Доминик Dominik Dominic; Людвик Ludwik Louis; Карл Karol Charles; Генрих Henryk Henry;
Эдуард Edward; Владислав Władysław; Ирина Irena Iryna; Дарья Daria; Ксения Ksenia Oksana;
Антоний Antoni Anthony Антон
"""
"""Names that are one name in several languages."""


@cache
def bases(heard: str) -> frozenset[str]:
    """The names, by sound, that a word may stand for; empty when it is no first name we know."""
    return _table().get(heard, frozenset())


@cache
def forms(names: frozenset[str]) -> frozenset[str]:
    """By what sounds the bearers of some names are called."""
    return frozenset(form for form, meant in _table().items() if meant & names)


@cache
def _table() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for entry in (*_RU.split(";"), *_PL.split(";"), *_EN.split(";")):
        name, _, forms = entry.partition(":")
        base = sound(name.strip())
        for form in (name, *forms.split()):
            # Where others write ё, the Poles write io.
            for written in {form.strip(), form.strip().casefold().replace("ё", "о")}:
                found.setdefault(sound(written), set()).add(base)
    for name in _ALONE.split():
        found.setdefault(sound(name), set()).add(sound(name))
    for group in _ALIKE.split(";"):
        heard = {sound(name) for name in group.split()}
        # Short forms of any of them stand for each of them.
        for names in found.values():
            if names & heard:
                names.update(heard)
        for one in heard:
            found.setdefault(one, set()).update(heard)
    return {form: frozenset(names) for form, names in found.items()}
