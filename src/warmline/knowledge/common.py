"""The commonest words of three languages, by their stems: they say nothing of what is sought."""

from warmline.storage.stems import words

_EN = """
a about after all also am an and any are as at be because been but by can come could did do does
for from get good got had has have hello help hi how i if in into is it its just know like may me
morning my no
not now of on one only or our out please should so some still tell than thank thanks that the their
them then there these they this to up us want was we were what when which who why will with would
yes you your
"""
_RU = """
а без более бы был была были было быть в вам вас ваш весь во вот все всё вы где да для добрый день
до его ее если есть еще же за здравствуйте и из или их к как какая какие какой ко когда кто ли мне
могу можете можно мой моя мы на нам нас не нет но ну о об он она они от очень по под пожалуйста
подскажите почему при привет с свой сейчас скажите со спасибо так там то только ту ты у уже хотел
хотела хочу чего чем что чтобы это этот эта эти я
"""
_PL = """
a aby ale albo bardzo bez bo by być czy co czemu dla dlaczego do dobry dzień gdy gdzie i ich ile
im jak jaka jaki jakie jako je jest jestem już jeszcze kiedy kto która które który lub ma mam mi
mnie moge mogę moja moje mój można na nam nas nie o od on ona oni po pod poproszę powiedzieć
proszę przez przy są się sobie ta tak tam te tego ten teraz to tu tylko u w we więc witam z za ze
że dziękuję chcę chciałbym chciałabym
"""
COMMON = words(_EN) | words(_RU) | words(_PL)
"""Their stems, as texts are kept by."""
