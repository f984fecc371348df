"""Words for made-up patients: names of East Africa's peoples, the places they live, clinic staff.

Common names come first in each list; no list belongs to real people. `made_up_names` adds a long
tail of invented ones.
"""

from __future__ import annotations

from dataclasses import dataclass

_CHRISTIAN_F = (
    "Mary Grace Faith Mercy Esther Jane Ruth Sarah Joyce Agnes Rose Lucy Ann Catherine Elizabeth "
    "Margaret Beatrice Christine Caroline Florence Lilian Purity Winnie Naomi Rebecca Eunice Irene "
    "Janet Susan Tabitha Veronica Dorcas Brenda Sharon Peris Phoebe Salome Josephine Hannah Miriam "
    "Alice Martha Rachel Lydia Judith Monica Teresia Scholastica Prisca Gladys Nancy Evelyn Doreen"
)
_CHRISTIAN_M = (
    "John Peter James Joseph David Samuel Daniel Paul Stephen Moses Francis Charles Simon George "
    "Patrick Michael Isaac Joshua Emmanuel Brian Kevin Dennis Collins Victor Elijah "
    "Benjamin Philip "
    "Timothy Anthony Geoffrey Vincent Martin Nicholas Caleb Amos Julius Wycliffe Gideon Titus "
    "Boniface Abraham Jacob Solomon Edwin Felix Gilbert Hezekiah Jackson Kennedy Laban Meshack"
)
_MUSLIM_F = (
    "Fatuma Amina Halima Zainab Khadija Asha Mwanaisha Rehema Zuhura Saida Mariam Hawa Rukia Safia "
    "Nasra Hodan Sahra Ifrah Faiza Salma Leila Shamsa Zahara Habiba Maimuna Sofia Jamila Batuli"
)
_MUSLIM_M = (
    "Mohamed Ahmed Ali Hassan Hussein Abdi Omar Yusuf Ibrahim Juma Salim Rashid Hamisi Bakari "
    "Suleiman Abdallah Said Athman Swaleh Khalid Idris Farah Abdullahi Adan Issa Mustafa Ramadhan"
)


@dataclass(frozen=True, slots=True)
class People:
    """People who share names: how many of 100 patients, where they live, how numbers begin.

    `tail` is the pattern by which rarer family names are invented. `scripts` are names that are
    also written in another script: women's, men's, and fathers' or family names.
    """

    share: int
    dials: str
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    villages: tuple[str, ...]
    tail: str
    scripts: tuple[tuple[str, ...], ...] = ()


def _names(*lists: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(lists).split()))


def _places(places: str) -> tuple[str, ...]:
    return tuple(place.strip() for place in places.split(","))


PEOPLES: tuple[People, ...] = (
    People(  # central Kenya
        share=23,
        dials="+2547",
        women=_names(_CHRISTIAN_F, "Wanjiku Wambui Njeri Nyambura Wangari Muthoni Wairimu Wanjiru"),
        men=_names(_CHRISTIAN_M, "Kamau Mwangi Kariuki Njoroge Maina Kimani Macharia Gitau Mutua"),
        families=_names(
            "Kamau Mwangi Wanjiku Njoroge Kariuki Maina Wambui Kimani Ng'ang'a Macharia Gitau",
            "Mugo Waweru Njeri Muthoni Ndung'u Karanja Githinji Muriithi Wanjala Mutua Musyoka",
            "Kilonzo Mwende Nduku Mutiso Wambua Muia Nyaga Kirimi Kinyua Gachanja Thuo Mbugua",
            "Wang'ombe Kang'ethe Wainaina Nderitu Gathoni Kuria Ngugi Nzioka Munyao Kyalo Muthama",
        ),
        villages=_places(
            "Nyeri, Murang'a, Kiambu, Limuru, Githurai, Kawangware, Thika, Nanyuki, Meru, Embu, "
            "Machakos, Wote, Kitui, Mwingi, Ol Kalou, Naivasha, Karatina, Kangundo, Chuka, Kibera"
        ),
        tail="bantu",
    ),
    People(  # western Kenya, the lake
        share=17,
        dials="+2547",
        women=_names(_CHRISTIAN_F, "Achieng Akinyi Atieno Adhiambo Awuor Nekesa Nafula Nasimiyu"),
        men=_names(_CHRISTIAN_M, "Otieno Ochieng Omondi Odhiambo Okoth Wafula Wekesa Barasa Juma"),
        families=_names(
            "Otieno Ochieng Odhiambo Omondi Akinyi Achieng Okoth Onyango Atieno Owino",
            "Ouma Adhiambo",
            "Oduor Opiyo Wafula Wekesa Barasa Simiyu Nekesa Mukhwana Shikuku Wanyama",
            "Khaemba Oluoch",
            "Okello Ogutu Odinga Anyango Awino Were Makokha Masinde Nyongesa Ambani",
            "Lusweti Chitechi",
        ),
        villages=_places(
            "Ahero, Siaya, Bondo, Yala, Ugunja, Homa Bay, Mbita, Migori, Kisii, Nyamira, Kakamega, "
            "Mumias, Webuye, Bungoma, Busia, Luanda, Vihiga, Kendu Bay, Usenge, Port Victoria"
        ),
        tail="lake",
    ),
    People(  # the Rift Valley
        share=12,
        dials="+2547",
        women=_names(_CHRISTIAN_F, "Chebet Chepkoech Jepkosgei Cherono Chelangat Jebet Naisiae"),
        men=_names(_CHRISTIAN_M, "Kiprono Kipchumba Kiptoo Kibet Kipkemboi Cheruiyot Lekishon"),
        families=_names(
            "Korir Kiplagat Rotich Cheruiyot Koech Ruto Chebet Kiprono Lagat Bett Keter Tanui Sang",
            "Ng'eno Chepkwony Kimutai Kosgei Biwott Jepkemboi Kipruto Kemboi Maiyo Rono Langat",
            "Ole-Sankan Ole-Kaparo Nkaissery Leshore Lempurkel Lolkidienye Ekai Ekal",
            "Lokwawi Losike",
        ),
        villages=_places(
            "Iten, Kapsabet, Eldama Ravine, Kericho, Bomet, Litein, Narok, Kajiado, Maralal, "
            "Lodwar, Kakuma, Kapenguria, Marigat, Kabarnet, Nandi Hills, Sotik, Loitoktok, Kilgoris"
        ),
        tail="rift",
    ),
    People(  # Tanzania
        share=16,
        dials="+2557",
        women=_names(_MUSLIM_F, _CHRISTIAN_F, "Neema Upendo Tumaini Zawadi Pendo Furaha Subira"),
        men=_names(_MUSLIM_M, _CHRISTIAN_M, "Baraka Amani Shabani Mwita Masanja Ngasa Kulwa Doto"),
        families=_names(
            "Juma Mushi Massawe Kimaro Mwakyusa Mrema Shayo Mollel Lyimo Urassa Swai Temba Hamisi",
            "Bakari Masanja Magesa Nyerere Mwinyi Kikwete Mkapa Salum Rashidi Athumani Mfaume",
            "Mwakalebela Mwaipopo Ngowi Kessy Tarimo Mwanri Chande Kombo Makame Shaame Mzee Khamis",
        ),
        villages=_places(
            "Moshi, Arusha, Mwanza, Bukoba, Kigoma, Tabora, Bagamoyo, Tanga, Lushoto, Mbeya, "
            "Iringa, Songea, Lindi, Kilwa, Stone Town, Wete, Dodoma, Singida, Musoma, Same"
        ),
        tail="bantu",
        scripts=(
            ("فاطمة", "عائشة", "مريم", "خديجة", "زينب", "حليمة"),
            ("محمد", "أحمد", "علي", "حسن", "يوسف", "عمر", "سليمان"),
            ("سالم", "عبد الله", "خميس", "راشد", "سعيد", "جمعة"),
        ),
    ),
    People(  # the Kenyan coast
        share=5,
        dials="+2547",
        women=_names(_MUSLIM_F, "Mwanaisha Mwanajuma Umazi Kadzo Dama Sidi Nyevu Mbeyu Dzame"),
        men=_names(_MUSLIM_M, "Kazungu Karisa Charo Katana Baya Ngala Mwinyi Chengo Kenga"),
        families=_names(
            "Kazungu Karisa Charo Katana Baya Mwangala Ngala Mwachiro Mwero Chaka Mwakio Mghalu",
            "Mohamed Omar Ali Salim Athman Bwanaheri Shee Lali Famau Mwamburi Mwadime Mwanyika",
        ),
        villages=_places(
            "Malindi, Lamu, Kilifi, Kwale, Voi, Watamu, Ukunda, Taveta, Hola, Garsen, Mariakani"
        ),
        tail="bantu",
    ),
    People(  # Uganda, and families from Rwanda and Burundi
        share=13,
        dials="+2567",
        women=_names(_CHRISTIAN_F, "Nakato Babirye Namukasa Nalubega Béatrice Gisèle Clémentine"),
        men=_names(_CHRISTIAN_M, "Kato Wasswa Mukasa Ssali Lubega Okello Désiré Aimé André Noël"),
        families=_names(
            "Mukasa Nakato Kato Ssempijja Namutebi Lubega Nabukenya Kiggundu Musoke Ssebunya",
            "Nalwoga Byaruhanga Tumusiime Kyomugisha Mugisha Ainembabazi Atuhaire Okello Acen",
            "Ojok Lamwaka Opio Auma Odongo Akello Uwimana Ndayishimiye Habimana Niyonzima Irakoze",
        ),
        villages=_places(
            "Gulu, Lira, Kitgum, Mbale, Soroti, Arua, Mbarara, Masaka, Kabale, Kasese, Jinja, "
            "Iganga, Tororo, Kisoro, Ntungamo, Bushenyi, Hoima, Masindi, Moroto, Kapchorwa"
        ),
        tail="bantu",
    ),
    People(  # Ethiopia: the second name is the father's
        share=9,
        dials="+2519",
        women=_names(
            "Tigist Hiwot Meseret Almaz Selam Bethlehem Aster Genet Mulu Tsehay Yeshi Birtukan",
            "Chaltu Lensa Kidist Mekdes Helen Rahel Senait Zewditu Etenesh Abebech",
            "Worknesh Fikirte",
        ),
        men=_names(
            "Abebe Kebede Bekele Tesfaye Haile Girma Dawit Getachew Mulugeta Tadesse",
            "Alemu Yohannes",
            "Solomon Berhanu Demeke Fikru Gudeta Lemma Negash Sisay Worku Zerihun Biruk",
            "Henok Dereje",
        ),
        families=_names(
            "Bekele Tesfaye Abebe Kebede Haile Tadesse Girma Alemu Wolde Desta Mengistu Assefa",
            "Gebremariam Gebremichael Woldegiorgis Teklehaimanot Hailemariam Gebreselassie Negash",
            "Tolossa Gemechu Dinka Regassa Ayele Belay Demissie Eshetu Getahun Kassa",
            "Lemma Shiferaw",
        ),
        villages=_places(
            "Bahir Dar, Gondar, Debre Birhan, Dessie, Lalibela, Jimma, Adama, Bishoftu, Hawassa, "
            "Arba Minch, Dilla, Mek'ele, Adigrat, Axum, Harar, Nekemte, Shashemene, Wolkite"
        ),
        tail="highland",
        scripts=(
            ("አበበች", "ሙሉ", "ሄለን", "ትዕግስት", "ሰላም", "አስቴር", "ብርቱካን"),
            ("አበበ", "ከበደ", "በቀለ", "ተስፋዬ", "ኃይሌ", "ዳዊት", "ግርማ"),
            ("በቀለ", "ተስፋዬ", "አበበ", "ከበደ", "ኃይሉ", "ታደሰ", "ወልደ", "ገብረማርያም"),
        ),
    ),
    People(  # the north-east
        share=5,
        dials="+2547",
        women=_names(_MUSLIM_F),
        men=_names(_MUSLIM_M, "Guled Liban Warsame Bashir Hirsi Jama Nur"),
        families=_names(
            "Abdi Mohamed Hassan Ali Farah Omar Adan Hussein Warsame Jama Nur Hirsi",
            "Abdullahi Guled",
            "Ibrahim Isaack Maalim Bare Dekow Kuno Sheikh Dahir Yussuf Gedi Salat Bulle",
            "Shurie Abdow",
        ),
        villages=_places(
            "Garissa, Wajir, Mandera, Dadaab, Moyale, Marsabit, Ijara, Habaswein, Elwak, Modogashe"
        ),
        tail="east",
        scripts=(
            ("حليمة", "فاطمة", "عائشة", "صفية"),
            ("عبدي", "محمد", "حسين", "إبراهيم"),
            ("فارح", "عمر", "آدم", "نور", "ورسمه"),
        ),
    ),
)

# Beginnings and middles of invented family names, by pattern.
TAILS: dict[str, tuple[str, str, str]] = {
    "bantu": (
        "Wa Mu Nya Ki Ka Ma Ng'a Mba Ndu Nja Gi Mwa Ru Na Se Ba Tu Kya By Lu Nde Mwe Si",
        "ba be bi bo bu ga ge gi go gu ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu "
        "ra re ri ro ru sa si so su ta te ti to tu wa we ya za zi",
        "ka ra ma no ga ri ni ti ngo nde ro ya wa ngi ndu mbi nga nya la si",
    ),
    "lake": (
        "O A Oku Aki Odo Ado Oche Ache Ong' Ang' Ogo Apo Obu Nya Owa Aso",
        "ba cha de dhi go ka ki la li lo ma mo na ndo ng'i nya pi ra ri ro tha the wa wi yo",
        "no ch th ya go ma ra ko ndo mbo la ngo re te ri lo dho gi",
    ),
    "rift": (
        "Kip Chep Jep Kipto Chepto Chesi Cheru Le Lo Ole-Le Nai Loki Eki Kapto",
        "ba be chi cho ge ki ko la le li ma mo na ngo ra ri ro ru sa si ta te ti to",
        "ch rir ny tich gat mei sang got no rop net rot kut moi ris lel bon iot",
    ),
    "highland": (
        "Gebre Wolde Tekle Haile Ye Ber De Te Ge As Be Me Sha Za Lem Ke",
        "ba be cha da de fa ga ge ka ke la le ma me mi na ne ra re sa se ta te wa ye ze",
        "chew taw new hun ye la sa du ssa mu ke ta na ru gne bu",
    ),
    "east": (
        "Abdi Ab Mo Ha Wa Gu Ji Sa Da Bu Ku Is Yu Ma Shu Ro",
        "ba da di du fa ga ha hi ja ka la li lo ma mi mu na no ra re sa shi wa ya",
        "r le n d w l h m low re shir man dow di le lan ne",
    ),
}

STAFF: tuple[str, ...] = (
    "Nurse Wanjala", "Nurse Akoth", "Nurse Hiwot", "Nurse Zawadi", "CO Kiprop", "CO Nanyonga",
    "CO Mwakio", "Dr Abdirahman", "Dr Nduta", "Midwife Chepkirui",
)  # fmt: skip
