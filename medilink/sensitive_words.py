"""By which codes, medicines and words a sensitive category is known. Tables, to be read and
corrected by a clinician; `medilink.sensitive` says how they are used.

Too much on purpose: what is caught wrongly is one tick away, what is missed is out in the open.
Words are compared folded (lower case, no accents, punctuation as a space).
"""

from __future__ import annotations

from enum import StrEnum


class Sensitive(StrEnum):
    """Categories a patient shares one by one. The values are HL7's own (v3 ActCode,
    ActInformationSensitivityPolicy, as FHIR security labels use them): HIV; MH, mental health; SEX,
    sexuality and reproductive health."""

    HIV = "HIV"
    MENTAL_HEALTH = "MH"
    REPRODUCTIVE = "SEX"


# ICD-10 (WHO, 2019 version) as regular expressions, matched at the beginning of a code.
ICD10: dict[Sensitive, str] = {
    Sensitive.HIV: r"B2[0-4]|Z21|Z11\.?4|Z20\.?6|Z71\.?7|R75|O98\.?7|F02\.?4",
    Sensitive.MENTAL_HEALTH: (
        r"F\d\d|X[67]\d|X8[0-4]|Z91\.?5|Z13\.?3|Z50\.?[23]|Z71\.?[45]|Z72\.?[12]|Z86\.?5|R4[456]"
        r"|Z64\.?[0-9]|T51|Z81|Z73"
    ),
    Sensitive.REPRODUCTIVE: (
        r"O\d\d|Z3[0-9]|Z64\.?0|A5\d|A6[0-4]|N4[6-9]|N5[0-3]|N7\d|N8[0-9]|N9[0-9]|Z11\.?3|Z20\.?2"
        r"|Z70|Z72\.?5|Z87\.?5|Y05|T74\.?2|C5[1-8]|D2[5-8]|D06|E28|F52|F6[456]|P9[56]|Z12\.?4"
    ),
}
# ICD-11 (WHO, 2024-01), where a file says that its codes are of it.
ICD11: dict[Sensitive, str] = {
    Sensitive.HIV: r"1C6[0-2]|QA08\.?5|QC9[01]",
    Sensitive.MENTAL_HEALTH: r"6[A-E]|MB2|QE[12]",
    Sensitive.REPRODUCTIVE: r"JA|JB[0-6]|GA|HA|QA[2-4]|1A[6-9]|PF1",
}
# ICPC-2 (WONCA): chapters P psychological, W childbearing and family planning, X and Y genital.
ICPC: dict[Sensitive, str] = {
    Sensitive.HIV: r"B90|B25",
    Sensitive.MENTAL_HEALTH: r"P\d\d",
    Sensitive.REPRODUCTIVE: r"[WXY]\d\d",
}
# ATC (WHO Collaborating Centre for Drug Statistics): groups of medicines.
ATC: dict[Sensitive, str] = {
    Sensitive.HIV: r"J05A[EFGJR]|J05AX0[79]|J05AX12",
    Sensitive.MENTAL_HEALTH: r"N05|N06|N07B",
    Sensitive.REPRODUCTIVE: r"G0[23]",
}
SNOMED: dict[Sensitive, frozenset[str]] = {
    Sensitive.HIV: frozenset(
        "86406008 62479008 165816005 171121004 91947003 81000119104 91948008".split()
    ),
    Sensitive.MENTAL_HEALTH: frozenset(
        "74732009 35489007 370143000 36923009 58214004 13746004 197480006 48694002 47505003"
        " 7200002 66214007 82313006 171207006 192127007 35919005 52448006 26929004 55680006"
        " 73595000 706893006 5602001 449868002".split()
    ),
    Sensitive.REPRODUCTIVE: frozenset(
        "72892002 77386006 19169002 17369002 398254007 198992004 65200003 46706006 169553002"
        " 301807007 252160004 169230002 714812005 386394001 10383002 5880005 156073000 35999006"
        " 79586000 47200007 267020005 424441002 424619006 169762003 183460006 391131000119106"
        " 66348005 11466000 237001001".split()
    ),
}
LOINC: dict[Sensitive, frozenset[str]] = {
    Sensitive.HIV: frozenset(
        "80387-4 20447-9 24467-3 7917-8 75622-1 56888-1 68961-2 25836-8 69668-2 14092-1".split()
    ),
    Sensitive.MENTAL_HEALTH: frozenset(
        "44249-1 44261-6 55758-7 70274-6 69737-5 75626-2 82667-7 89204-2 82666-9 93025-5".split()
    ),
    Sensitive.REPRODUCTIVE: frozenset(
        "2106-3 21198-7 2118-8 82810-3 82811-1 11778-8 8665-2 11996-6 11640-0 11612-9 11613-7"
        " 20507-0 22587-0 55283-6 11881-0 49051-6 18185-9 76690-7 86645-9 10524-7".split()
    ),
}

# ---- medicines: substances as `medilink.drug_classes` names them, and some it does not know

ANTIRETROVIRALS = frozenset(
    """
    tenofovir lamivudine zidovudine abacavir dolutegravir lopinavir ritonavir atazanavir
    emtricitabine darunavir raltegravir nevirapine efavirenz etravirine rilpivirine stavudine
    didanosine bictegravir elvitegravir cabotegravir maraviroc enfuvirtide saquinavir nelfinavir
    indinavir fosamprenavir cobicistat doravirine lenacapavir fostemsavir
    """.split()
)
PSYCHOTROPICS = frozenset(
    """
    haloperidol chlorpromazine risperidone lithium olanzapine quetiapine clozapine aripiprazole
    paliperidone fluphenazine zuclopenthixol flupentixol trifluoperazine thioridazine amisulpride
    sulpiride ziprasidone fluoxetine amitriptyline sertraline citalopram escitalopram fluvoxamine
    paroxetine venlafaxine desvenlafaxine duloxetine mirtazapine trazodone imipramine clomipramine
    nortriptyline dosulepin bupropion buspirone trihexyphenidyl biperiden methadone buprenorphine
    naltrexone disulfiram acamprosate donepezil rivastigmine galantamine memantine methylphenidate
    atomoxetine lisdexamfetamine
    """.split()
)
# Given for other reasons too. As a medicine they count: in doubt it is sensitive. As the cause of a
# reaction they do not: whoever sedates or stops a seizure must hear of it.
ALSO_PSYCHOTROPIC = frozenset(
    """
    diazepam lorazepam clonazepam alprazolam nitrazepam bromazepam temazepam zopiclone zolpidem
    valproate carbamazepine lamotrigine hydroxyzine nicotine varenicline
    """.split()
)
REPRODUCTIVE_MEDICINES = frozenset(
    """
    levonorgestrel medroxyprogesterone ethinylestradiol etonogestrel norethisterone desogestrel
    drospirenone norgestimate norgestrel norelgestromin dienogest mifepristone misoprostol oxytocin
    carbetocin ergometrine clomifene letrozole ulipristal progesterone dydrogesterone
    hydroxyprogesterone estradiol sildenafil tadalafil
    """.split()
)
BRANDS: dict[Sensitive, str] = {
    Sensitive.HIV: r"truvada|descovy|biktarvy|genvoya|stribild|atripla|triumeq|trizivir|duovir"
    r"|triomune|isentress|tivicay|viread|epzicom|kaletra|combivir|norvir|prezista",
    Sensitive.MENTAL_HEALTH: r"prozac|zoloft|lexapro|seroxat|zyprexa|risperdal|seroquel|abilify"
    r"|haldol|serenace|largactil|modecate|clopixol|fluanxol|xanax|ativan|ritalin|antabuse"
    r"|suboxone|subutex|laroxyl|tofranil|anafranil|artane|aricept|namenda",
    Sensitive.REPRODUCTIVE: r"depo provera|depo|sayana|implanon|nexplanon|jadelle|norplant|mirena"
    r"|kyleena|liletta|skyla|microgynon|microlut|femiplan|postinor|levonelle|ella one|nuvaring"
    r"|camila|errin|jolivette|trinessa|natazia|seasonique|levora|yaz|yasmin|ortho tri cyclen"
    r"|cytotec|clomid|viagra|cialis",
}

# ---- words, in English, Kiswahili and French

PATTERNS: dict[Sensitive, str] = {
    Sensitive.HIV: r"""
        hiv(?!es\b)\w*|(?<!hearing )(?<!walking )(?<!visual )aids|(?:anti ?)?retrovir\w*
        |arvs?|haart|cd4|viral load|sero ?positi\w*|sero ?discord\w*|sero ?concord\w*|pmtct
        |elimination of mother|pre exposure|post exposure|pneumocystis|kaposi\w*
        |opportunistic infection\w*|human immunodeficiency|immunodeficien\w*|western blot
        |comprehensive care (?:cent\w+|clinic)
        |vvu|ukimwi|kupunguza makali|upungufu wa kinga
        |vih|sida|sideen\w*|charge virale|ptme|immunodeprim\w*|trithe?rapie
    """,
    Sensitive.MENTAL_HEALTH: r"""
        mental\w*|psych\w*|depress\w*|anxi\w*|suicid\w*|self harm\w*|self injur\w*|overdos\w*
        |schizo\w*|bipolai?r\w*|mania|manic|mood|hallucinat\w*|delusion\w*|delirium|dement\w*
        |alzheimer\w*|autis\w*|adhd|attention deficit|ptsd|post ?traumatic stress|traumatic stress
        |panic|phobi\w*|obsessi\w*|anorexia nervosa|bulimi\w*|eating disorder\w*|insomnia|addict\w*
        |alcoholi(?:sm|que)\w*|alcoholic|alcohol (?:ab|mis|over)?us\w*
        |alcohol (?:depend|withdraw|intox)\w*|substance (?:ab|mis)?us\w*
        |(?:drug|opioid|tobacco|cannabis) (?:(?:ab|mis)us|depend|use disorder|habit|addict)\w*
        |stress(?! fracture| test| incontinence| echo)|phq(?: ?[29])?|gad ?7|audit c|dast(?: ?10)?
        |counsell?ing for (?:grief|trauma)|grief|bereave\w*|intellectual disab\w*|learning disab\w*
        |sedative\w*|electroconvulsi\w*|rehab(?:ilitation)? for (?:alcohol|drug)\w*
        |akili|msongo|sonona|huzuni|wasiwasi|wazimu|kichaa|kujiua|kujidhuru|ulevi|mlevi|uraibu
        |dawa za kulevya|bangi
        |angoisse\w*|folie|toxicoman\w*|ivresse|troubles? (?:bipolaire|du comportement|de l ?humeur)
        |tentative de suicide|idees noires|hallucin\w*|delire\w*|stupefiant\w*|sevrage|demence\w*
    """,
    Sensitive.REPRODUCTIVE: r"""
        pregnan\w*|gravid\w*|gestation\w*|ante ?natal\w*|pre ?natal\w*|post ?natal\w*|post ?part\w*
        |obstet\w*|gyn(?:a?e)?co\w*|maternity|in labou?r|labou?r pains?|partur\w*
        |(?:vaginal|normal|spontaneous|breech|assisted|vacuum|svd|preterm) (?:delivery|birth)
        |c(?:a?e)?sarean|cesarienne|c section|miscarr\w*|abort\w*|terminations?
        |still ?(?:birth|born)
        |fo?etal|fo?etus|fo?etopl\w*|contracepti\w*|family planning|iucd|condom\w*
        |birth control|(?:female |male |tubal )?sterili[sz]ation|tubal\w*|vasectom\w*|infertil\w*
        |fertil\w*|ivf|menstru\w*|\w*menorrh\w*|menopaus\w*|last (?:menstrual )?period|vagin\w*
        |vulv\w*|uter\w*|ovar\w*|endometr\w*|hysterect\w*|cervix|cervicitis
        |cervical (?:cancer|smear|screen\w*|cytolog\w*|intra\w*)|pap(?: smear| test)|papanicol\w*
        |sexual\w*|gonorr\w*|syphil\w*|chlamyd\w*|trichomon\w*|herpes|genital\w*|urethr(?:al|itis)\w*
        |chancr\w*|pelvic inflam\w*|erectile|impoten\w*|libido|penis|penile|scrot\w*|testic\w*
        |hcg|(?:pre ?)?eclamp\w*|hyperemesis|episiotom\w*|ectopic|placent\w*|amnio\w*|trimester
        |para \d|fundal height|rap(?:ed?|es|ist)|gender based violence|s?gbv|defile\w*
        |partner (?:abuse|violence)|vdrl|rpr|hpv (?:dna|test|pcr)|lesbian|gay|homosexual\w*
        |transgender|transsex\w*|sex work\w*|circumcis\w*
        |mimba|ujauzito|wa?jawazito|mjamzito|uzazi|hedhi|kujifungua|zinaa|kaswende|kisonono|kondomu
        |kitanzi|sehemu za siri|ubakaji|kubakwa|tohara|ngono
        |grossesses?|enceinte|accouch\w*|avort\w*|fausses? couches?|regles|sterilet|pilules?
        |planning familial|sexuel\w*|viol(?:ee?s?|s)?|interruption volontaire|ivg|maternite
        |sterilite|preservatifs?|blennorr\w*|chaude pisse
    """,
}
# Only in capitals: "art", "prep" and "via" are words of every day.
CAPITALS: dict[Sensitive, str] = {
    Sensitive.HIV: r"ART|PEP|PrEP|PREP|CCC|VCT|PITC|RVD|RVI|PLHIV|PLWHA|PVVIH|TARV",
    Sensitive.MENTAL_HEALTH: r"OCD|GAD|MDD|AUD|SUD|BPD|ECT|MHPSS",
    Sensitive.REPRODUCTIVE: r"ANC|PNC|STIs?|STDs?|IST|MST|IUDs?|LMP|EDD|TOP|PV|PID|FP|VIA|FGM"
    r"|DDR|CPN|G\d+P\d+\S*|G\d+ ?P\d+",
}
