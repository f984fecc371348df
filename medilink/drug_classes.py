"""Which medicines belong together when somebody reacts to one: substances, brands, classes.

International non-proprietary names (WHO INN) and their usual classes, as in any national formulary;
brand names as sold in East Africa. A table of this program's own: short, to be read and corrected
by a pharmacist. What is not in it is said not to be checked.
"""

from __future__ import annotations

# class → its substances. A substance may stand in several classes.
CLASSES: dict[str, tuple[str, ...]] = {
    "penicillin": (
        "penicillin", "amoxicillin", "ampicillin", "benzylpenicillin", "benzathine penicillin",
        "phenoxymethylpenicillin", "procaine penicillin", "cloxacillin", "flucloxacillin",
        "dicloxacillin", "piperacillin", "oxacillin", "ticarcillin",
    ),
    "cephalosporin": (
        "cephalosporin", "cefalexin", "cefazolin", "cefuroxime", "cefaclor", "cefixime",
        "ceftriaxone", "cefotaxime", "ceftazidime", "cefadroxil", "cefpodoxime", "cefepime",
        "cefdinir", "cefoperazone", "cefiderocol",
    ),
    "carbapenem": ("carbapenem", "meropenem", "imipenem", "ertapenem"),
    "sulfonamide antibiotic": (
        "sulfonamide", "sulfamethoxazole", "sulfadoxine", "sulfadiazine", "sulfasalazine",
        "silver sulfadiazine", "sulfacetamide",
    ),
    "sulfone": ("dapsone",),
    "anti-inflammatory pain medicine": (
        "acetylsalicylic acid", "ibuprofen", "diclofenac", "naproxen", "indometacin", "ketoprofen",
        "piroxicam", "meloxicam", "mefenamic acid", "aceclofenac", "celecoxib", "ketorolac",
        "metamizole", "etoricoxib", "tenoxicam",
    ),
    "macrolide": ("macrolide", "erythromycin", "azithromycin", "clarithromycin"),
    "quinolone": (
        "quinolone", "ciprofloxacin", "levofloxacin", "moxifloxacin", "norfloxacin", "ofloxacin",
        "nalidixic acid",
    ),
    "tetracycline": ("tetracycline", "doxycycline", "minocycline", "oxytetracycline"),
    "aminoglycoside": (
        "aminoglycoside", "gentamicin", "amikacin", "streptomycin", "kanamycin", "neomycin",
        "tobramycin",
    ),
    "nitroimidazole": ("metronidazole", "tinidazole", "secnidazole", "ornidazole"),
    "opioid": (
        "opioid", "morphine", "codeine", "pethidine", "fentanyl", "oxycodone", "tramadol",
        "dihydrocodeine", "hydromorphone", "methadone", "buprenorphine",
    ),
    "ACE inhibitor": (
        "ace inhibitor", "enalapril", "lisinopril", "captopril", "ramipril", "perindopril",
    ),
    "amide local anaesthetic": (
        "lidocaine", "bupivacaine", "mepivacaine", "prilocaine", "articaine", "ropivacaine",
    ),
    "ester local anaesthetic": ("procaine", "tetracaine", "benzocaine"),
    "iodine contrast": ("iodine contrast", "iohexol", "iopamidol", "iodixanol", "amidotrizoate"),
    "artemisinin": (
        "artemisinin", "artemether", "artesunate", "dihydroartemisinin",
    ),
    "quinoline antimalarial": (
        "quinine", "quinidine", "chloroquine", "hydroxychloroquine", "mefloquine", "amodiaquine",
    ),
    "aromatic anti-seizure medicine": (
        "phenytoin", "carbamazepine", "phenobarbital", "oxcarbazepine", "lamotrigine",
    ),
    "HIV medicine like nevirapine": ("nevirapine", "efavirenz", "etravirine", "rilpivirine"),
    "nitrofuran": ("nitrofurantoin", "furazolidone"),
    "azole": (
        "fluconazole", "itraconazole", "ketoconazole", "clotrimazole", "miconazole", "voriconazole",
        "econazole",
    ),
    "rifamycin": ("rifampicin", "rifabutin", "rifapentine"),
    "statin": ("statin", "simvastatin", "atorvastatin", "rosuvastatin", "pravastatin"),
    "proton pump medicine": ("omeprazole", "esomeprazole", "pantoprazole", "lansoprazole"),
}  # fmt: skip

# Pairs of classes in which some people react to both, so it is said as "may". Beta-lactams: Khan et
# al., Drug allergy: a 2022 practice parameter update, J Allergy Clin Immunol 150 (2022) 1333.
# Dapsone after co-trimoxazole: Holtzer et al., Pharmacotherapy 18 (1998) 831.
RELATED: tuple[tuple[str, str], ...] = (
    ("penicillin", "cephalosporin"),
    ("penicillin", "carbapenem"),
    ("cephalosporin", "carbapenem"),
    ("sulfonamide antibiotic", "sulfone"),
)

# Beginnings and ends of names that WHO gives to a whole class (The use of stems in the selection of
# INN for pharmaceutical substances, 2018): a name not listed still belongs to it.
STEMS: tuple[tuple[str, str], ...] = (
    (r"\w+cillin", "penicillin"),
    (r"cef\w{4,}", "cephalosporin"),
    (r"\w+penem", "carbapenem"),
    (r"sulfa(?!te|mic)\w{3,}", "sulfonamide antibiotic"),
    (r"\w{3,}oxacin", "quinolone"),
    (r"\w+cycline", "tetracycline"),
    (r"\w{3,}pril", "ACE inhibitor"),
)

# What a vaccine carries in traces: it matters to who reacts to exactly that.
TRACES: dict[str, tuple[str, ...]] = {
    "yellow fever vaccine": ("egg", "gelatin"),
    "influenza vaccine": ("egg",),
    "measles vaccine": ("gelatin", "neomycin"),
    "varicella vaccine": ("gelatin", "neomycin"),
    "injected polio vaccine": ("neomycin", "streptomycin", "polymyxin b"),
}

# Substances alone: known, so that silence means "checked".
SINGLE: tuple[str, ...] = (
    "paracetamol", "metformin", "glibenclamide", "gliclazide", "insulin", "amlodipine",
    "nifedipine", "hydrochlorothiazide", "furosemide", "spironolactone", "atenolol", "bisoprolol",
    "propranolol", "carvedilol", "methyldopa", "losartan", "salbutamol", "beclometasone",
    "prednisolone", "dexamethasone", "hydrocortisone", "aminophylline", "chlorphenamine",
    "cetirizine", "loratadine", "promethazine", "oral rehydration salts", "zinc", "folic acid",
    "ferrous sulfate", "vitamin a", "albendazole", "mebendazole", "praziquantel", "ivermectin",
    "lumefantrine", "piperaquine", "primaquine", "pyrimethamine", "atovaquone", "proguanil",
    "isoniazid", "pyrazinamide", "ethambutol", "tenofovir", "lamivudine",
    "zidovudine", "abacavir", "dolutegravir", "lopinavir", "ritonavir", "atazanavir",
    "emtricitabine", "aciclovir", "griseofulvin", "nystatin", "chloramphenicol", "clindamycin",
    "vancomycin", "linezolid", "trimethoprim", "clavulanic acid", "oxytocin", "misoprostol",
    "ergometrine", "magnesium sulfate", "diazepam", "midazolam", "haloperidol", "chlorpromazine",
    "fluoxetine", "amitriptyline", "valproate", "levothyroxine", "carbimazole", "warfarin",
    "heparin", "tranexamic acid", "adrenaline", "atropine", "ketamine", "propofol", "digoxin",
    "levonorgestrel", "medroxyprogesterone", "ethinylestradiol", "etonogestrel", "metoclopramide",
    "ondansetron", "loperamide", "hyoscine", "ranitidine", "magnesium hydroxide", "lactulose",
    "bisacodyl", "calamine", "permethrin", "benzyl benzoate", "gentian violet", "povidone iodine",
    "chlorhexidine", "allopurinol", "colchicine",
    "potassium chloride", "sodium chloride", "glucose", "calcium gluconate", "thiamine",
    "pyridoxine", "vitamin k", "tetanus toxoid", "rabies vaccine", "measles vaccine",
    "hydroxyzine", "risperidone", "lithium", "aspart", "glargine", "sildenafil", "tamsulosin",
    "oseltamivir", "bedaquiline", "cycloserine", "ethionamide", "suramin",
    "miltefosine", "sodium stibogluconate", "benznidazole", "nifurtimox", "latanoprost", "timolol",
    "tropicamide", "acetazolamide", "mannitol", "suxamethonium", "neostigmine", "vecuronium",
    "halothane", "isoflurane", "thiopental", "naloxone", "acetylcysteine", "activated charcoal",
    "senna", "tazobactam", "cilastatin", "sucralfate", "domperidone", "simeticone",
    # further names of the WHO Model List of Essential Medicines and of neighbours easily confused
    "penicillamine", "ciclosporin", "chlorpropamide", "prednisone", "methylprednisolone",
    "betamethasone", "fludrocortisone", "budesonide", "fluticasone", "montelukast", "theophylline",
    "ipratropium", "tiotropium", "formoterol", "salmeterol", "hydralazine", "verapamil",
    "diltiazem", "amiodarone", "isosorbide dinitrate", "glyceryl trinitrate", "dopamine",
    "dobutamine", "clopidogrel", "enoxaparin", "streptokinase", "alteplase", "protamine",
    "valsartan", "candesartan", "telmisartan", "irbesartan", "nebivolol", "metoprolol", "labetalol",
    "doxazosin", "clonidine", "indapamide", "chlortalidone", "bendroflumethiazide", "torasemide",
    "pioglitazone", "sitagliptin", "vildagliptin", "empagliflozin", "dapagliflozin", "glimepiride",
    "glipizide", "glucagon", "propylthiouracil", "methimazole", "levetiracetam", "ethosuximide",
    "lorazepam", "clonazepam", "gabapentin", "pregabalin", "topiramate", "sertraline", "citalopram",
    "escitalopram", "fluvoxamine", "venlafaxine", "mirtazapine", "imipramine", "clomipramine",
    "olanzapine", "quetiapine", "clozapine", "aripiprazole", "paliperidone", "fluphenazine",
    "biperiden", "trihexyphenidyl", "levodopa", "carbidopa", "zopiclone", "zolpidem", "bupropion",
    "varenicline", "nicotine", "levamisole", "niclosamide", "pyrantel", "diethylcarbamazine",
    "triclabendazole", "clofazimine", "delamanid", "pretomanid", "amphotericin b", "flucytosine",
    "terbinafine", "darunavir", "raltegravir", "ribavirin", "valganciclovir", "ganciclovir",
    "valaciclovir", "entecavir", "sofosbuvir", "daclatasvir", "ledipasvir", "velpatasvir",
    "paromomycin", "pentamidine", "eflornithine", "fexinidazole", "melarsoprol", "tafenoquine",
    "cyclizine", "prochlorperazine", "docusate", "mupirocin", "fusidic acid", "polymyxin b",
    "colistin", "fosfomycin", "tetanus immunoglobulin", "methotrexate", "azathioprine",
    "leflunomide", "hydroxycarbamide", "cyclophosphamide", "tamoxifen", "anastrozole", "imatinib",
    "doxorubicin", "vincristine", "vinblastine", "cisplatin", "carboplatin", "paclitaxel",
    "docetaxel", "fluorouracil", "hydroxocobalamin", "cyanocobalamin", "ascorbic acid",
    "colecalciferol", "ergocalciferol", "retinol", "riboflavin", "nicotinamide", "multivitamin",
    "calcium carbonate", "sodium bicarbonate", "mifepristone", "carbetocin", "norethisterone",
    "estradiol", "progesterone", "clomifene", "ulipristal", "testosterone", "desmopressin",
    "cabergoline", "bromocriptine", "finasteride", "oxybutynin", "tolterodine", "sumatriptan",
    "baclofen", "tizanidine", "betahistine", "cinnarizine", "fexofenadine", "desloratadine",
    "cyproheptadine", "diphenhydramine", "bromhexine", "ambroxol", "guaifenesin",
    "dextromethorphan", "pseudoephedrine", "xylometazoline", "atracurium", "rocuronium",
    "pyridostigmine", "sevoflurane", "etomidate", "deferoxamine", "pralidoxime", "caffeine",
    "ethanol", "urea", "salicylic acid", "benzoyl peroxide", "tretinoin", "pilocarpine",
    "dorzolamide", "brimonidine", "fluorescein", "dexpanthenol", "egg", "gelatin",
    "yellow fever vaccine", "influenza vaccine", "varicella vaccine", "injected polio vaccine",
    "oral polio vaccine", "bcg vaccine", "hepatitis b vaccine", "pentavalent vaccine",
    "pneumococcal vaccine", "rotavirus vaccine", "hpv vaccine", "malaria vaccine",
)  # fmt: skip

# What people write → the substances meant: brands, other spellings, Kiswahili and French.
CALLED: dict[str, tuple[str, ...]] = {
    "amoxycillin": ("amoxicillin",), "amoxil": ("amoxicillin",), "amoxicilline": ("amoxicillin",),
    "augmentin": ("amoxicillin", "clavulanic acid"),
    "co-amoxiclav": ("amoxicillin", "clavulanic acid"),
    "coamoxiclav": ("amoxicillin", "clavulanic acid"),
    "amoxiclav": ("amoxicillin", "clavulanic acid"),
    "amoxyclav": ("amoxicillin", "clavulanic acid"),
    "clavam": ("amoxicillin", "clavulanic acid"), "clavulanate": ("clavulanic acid",),
    "curam": ("amoxicillin", "clavulanic acid"), "amoxi": ("amoxicillin",),
    "moxacil": ("amoxicillin",), "benzathine": ("benzathine penicillin",),
    "benzathine benzylpenicillin": ("benzathine penicillin",),
    "procaine benzylpenicillin": ("procaine penicillin",), "bpg": ("benzathine penicillin",),
    "tazocin": ("piperacillin", "tazobactam"),
    "magnapen": ("ampicillin", "flucloxacillin"),
    "ampiclox": ("ampicillin", "cloxacillin"), "penicillin v": ("phenoxymethylpenicillin",),
    "penicillin g": ("benzylpenicillin",), "pen v": ("phenoxymethylpenicillin",),
    "crystapen": ("benzylpenicillin",), "x-pen": ("benzylpenicillin",),
    "penadur": ("benzathine penicillin",), "ppf": ("procaine penicillin",),
    "penisilini": ("penicillin",), "pénicilline": ("penicillin",), "penicilline": ("penicillin",),
    "floxapen": ("flucloxacillin",), "cephalexin": ("cefalexin",), "keflex": ("cefalexin",),
    "rocephin": ("ceftriaxone",), "zinnat": ("cefuroxime",), "suprax": ("cefixime",),
    "cephalosporine": ("cephalosporin",), "septrin": ("sulfamethoxazole", "trimethoprim"),
    "bactrim": ("sulfamethoxazole", "trimethoprim"),
    "cotrimoxazole": ("sulfamethoxazole", "trimethoprim"),
    "co-trimoxazole": ("sulfamethoxazole", "trimethoprim"),
    "fansidar": ("sulfadoxine", "pyrimethamine"), "sulphadoxine": ("sulfadoxine",),
    "sulfa": ("sulfonamide",), "sulpha": ("sulfonamide",), "sulfur drugs": ("sulfonamide",),
    "sulfamides": ("sulfonamide",), "sulphonamide": ("sulfonamide",), "salpha": ("sulfonamide",),
    "aspirin": ("acetylsalicylic acid",), "aspirini": ("acetylsalicylic acid",),
    "aspirine": ("acetylsalicylic acid",), "asa": ("acetylsalicylic acid",),
    "disprin": ("acetylsalicylic acid",), "nsaid": ("anti-inflammatory pain medicine",),
    "nsaids": ("anti-inflammatory pain medicine",), "ains": ("anti-inflammatory pain medicine",),
    "brufen": ("ibuprofen",), "advil": ("ibuprofen",), "ibuprofene": ("ibuprofen",),
    "voltaren": ("diclofenac",), "olfen": ("diclofenac",), "ponstan": ("mefenamic acid",),
    "panadol": ("paracetamol",), "acetaminophen": ("paracetamol",), "hedex": ("paracetamol",),
    "parasitamoli": ("paracetamol",), "paracétamol": ("paracetamol",),
    "mara moja": ("acetylsalicylic acid", "paracetamol"), "zithromax": ("azithromycin",),
    "erythrocin": ("erythromycin",), "klacid": ("clarithromycin",), "cipro": ("ciprofloxacin",),
    "ciproxin": ("ciprofloxacin",), "flagyl": ("metronidazole",), "metrogyl": ("metronidazole",),
    "coartem": ("artemether", "lumefantrine"),
    "duo-cotecxin": ("dihydroartemisinin", "piperaquine"), "kwinini": ("quinine",),
    "quinini": ("quinine",), "klorokwini": ("chloroquine",), "plaquenil": ("hydroxychloroquine",),
    "tegretol": ("carbamazepine",), "epanutin": ("phenytoin",),
    "phenobarbitone": ("phenobarbital",), "lignocaine": ("lidocaine",),
    "xylocaine": ("lidocaine",), "ventolin": ("salbutamol",), "piriton": ("chlorphenamine",),
    "ors": ("oral rehydration salts",), "frusemide": ("furosemide",), "lasix": ("furosemide",),
    "hctz": ("hydrochlorothiazide",), "glucophage": ("metformin",), "daonil": ("glibenclamide",),
    "septrine": ("sulfamethoxazole", "trimethoprim"), "contrast": ("iodine contrast",),
    "x-ray dye": ("iodine contrast",), "bactroban": ("mupirocin",),
    "depo-provera": ("medroxyprogesterone",), "losec": ("omeprazole",),
    "tld": ("tenofovir", "lamivudine", "dolutegravir"),
    "rhze": ("rifampicin", "isoniazid", "pyrazinamide", "ethambutol"),
    "epinephrine": ("adrenaline",), "valproic acid": ("valproate",), "acyclovir": ("aciclovir",),
    "rifampin": ("rifampicin",), "albuterol": ("salbutamol",), "glyburide": ("glibenclamide",),
    "beclomethasone": ("beclometasone",), "dipyrone": ("metamizole",),
    "iron": ("ferrous sulfate",), "tdf": ("tenofovir",), "3tc": ("lamivudine",),
    "azt": ("zidovudine",), "efv": ("efavirenz",), "nvp": ("nevirapine",),
    "dtg": ("dolutegravir",), "abc": ("abacavir",), "ftc": ("emtricitabine",),
    "atv": ("atazanavir",), "lpv": ("lopinavir",), "drv": ("darunavir",), "inh": ("isoniazid",),
    "kaletra": ("lopinavir", "ritonavir"), "combivir": ("zidovudine", "lamivudine"),
    "ctx": ("sulfamethoxazole", "trimethoprim"), "smx": ("sulfamethoxazole",),
    "tmp": ("trimethoprim",), "sulphamethoxazole": ("sulfamethoxazole",),
    "biotrim": ("sulfamethoxazole", "trimethoprim"), "sulphadiazine": ("sulfadiazine",),
    "sulphasalazine": ("sulfasalazine",), "flamazine": ("silver sulfadiazine",),
    "dermazin": ("silver sulfadiazine",), "sulfa drug": ("sulfonamide",),
    "sulphur drugs": ("sulfonamide",), "sulpha drugs": ("sulfonamide",),
    "orodar": ("sulfadoxine", "pyrimethamine"), "malodar": ("sulfadoxine", "pyrimethamine"),
    "metakelfin": ("sulfonamide", "pyrimethamine"), "sp": ("sulfadoxine", "pyrimethamine"),
    "lonart": ("artemether", "lumefantrine"),
    "riamet": ("artemether", "lumefantrine"), "lumartem": ("artemether", "lumefantrine"),
    "dha": ("dihydroartemisinin",), "p-alaxin": ("dihydroartemisinin", "piperaquine"),
    "malarone": ("atovaquone", "proguanil"), "lariam": ("mefloquine",),
    "camoquin": ("amodiaquine",), "quinine sulphate": ("quinine",),
    "norflox": ("norfloxacin",), "levaquin": ("levofloxacin",), "tavanic": ("levofloxacin",),
    "doxy": ("doxycycline",), "vibramycin": ("doxycycline",), "azithro": ("azithromycin",),
    "azuma": ("azithromycin",), "genta": ("gentamicin",), "gentamycin": ("gentamicin",),
    "metro": ("metronidazole",), "tinidazol": ("tinidazole",), "fasigyn": ("tinidazole",),
    "ceftriaxon": ("ceftriaxone",), "cefuroxim": ("cefuroxime",), "cephradine": ("cephalosporin",),
    "cefradine": ("cephalosporin",), "claforan": ("cefotaxime",), "fortum": ("ceftazidime",),
    "nurofen": ("ibuprofen",), "ibu": ("ibuprofen",), "cataflam": ("diclofenac",),
    "diclo": ("diclofenac",), "mobic": ("meloxicam",), "feldene": ("piroxicam",),
    "indocid": ("indometacin",), "indomethacin": ("indometacin",), "celebrex": ("celecoxib",),
    "novalgin": ("metamizole",), "toradol": ("ketorolac",), "cardiprin": ("acetylsalicylic acid",),
    "junior aspirin": ("acetylsalicylic acid",),
    "buscopan": ("hyoscine",), "plasil": ("metoclopramide",), "phenergan": ("promethazine",),
    "tramal": ("tramadol",), "demerol": ("pethidine",),
    "meperidine": ("pethidine",), "marcaine": ("bupivacaine",), "emla": ("lidocaine", "prilocaine"),
    "novocaine": ("procaine",), "zestril": ("lisinopril",), "capoten": ("captopril",),
    "renitec": ("enalapril",), "adalat": ("nifedipine",), "norvasc": ("amlodipine",),
    "aldomet": ("methyldopa",), "cozaar": ("losartan",), "lamictal": ("lamotrigine",),
    "dilantin": ("phenytoin",), "epilim": ("valproate",), "depakine": ("valproate",),
    "rivotril": ("clonazepam",), "valium": ("diazepam",), "largactil": ("chlorpromazine",),
    "artane": ("trihexyphenidyl",), "benzhexol": ("trihexyphenidyl",),
    "diflucan": ("fluconazole",), "nizoral": ("ketoconazole",), "canesten": ("clotrimazole",),
    "zentel": ("albendazole",), "vermox": ("mebendazole",), "biltricide": ("praziquantel",),
    "lipitor": ("atorvastatin",), "crestor": ("rosuvastatin",), "nexium": ("esomeprazole",),
    "mixtard": ("insulin",), "actrapid": ("insulin",), "amaryl": ("glimepiride",),
    "diamicron": ("gliclazide",), "rifampicine": ("rifampicin",), "isoniazide": ("isoniazid",),
    "rhz": ("rifampicin", "isoniazid", "pyrazinamide"),
    "vitamin c": ("ascorbic acid",),
    "vitamin b6": ("pyridoxine",), "vitamin b1": ("thiamine",), "vitamin b12": ("cyanocobalamin",),
    "vitamin d": ("colecalciferol",), "phytomenadione": ("vitamin k",),
    "magnesium": ("magnesium sulfate",), "mgso4": ("magnesium sulfate",),
    "ventolini": ("salbutamol",),
    "calpol": ("paracetamol",),
    "efferalgan": ("paracetamol",), "doliprane": ("paracetamol",), "tylenol": ("paracetamol",),
    "erythromycine": ("erythromycin",), "ampicilline": ("ampicillin",),
    "doxycyclin": ("doxycycline",), "eggs": ("egg",), "mayai": ("egg",), "yai": ("egg",),
    "oeuf": ("egg",), "oeufs": ("egg",), "gelatine": ("gelatin",), "mmr": ("measles vaccine",),
    "mr vaccine": ("measles vaccine",), "measles rubella": ("measles vaccine",),
    "flu vaccine": ("influenza vaccine",), "yellow fever": ("yellow fever vaccine",),
    "ipv": ("injected polio vaccine",), "opv": ("oral polio vaccine",), "bcg": ("bcg vaccine",),
    "pcv": ("pneumococcal vaccine",), "penta": ("pentavalent vaccine",),
    "tt": ("tetanus toxoid",), "td": ("tetanus toxoid",),
    "contrast dye": ("iodine contrast",), "iodinated contrast": ("iodine contrast",),
    "gastrografin": ("amidotrizoate",), "omnipaque": ("iohexol",),
}  # fmt: skip

# What people call a class when they speak of an allergy, not of a medicine: sulfur is an ointment.
CALLED_ALLERGY: dict[str, str] = {
    "sulphur": "sulfonamide antibiotic", "sulfur": "sulfonamide antibiotic",
    "penicillins": "penicillin", "cephalosporins": "cephalosporin", "quinolones": "quinolone",
    "macrolides": "macrolide", "tetracyclines": "tetracycline", "opioids": "opioid",
    "opiates": "opioid", "aminoglycosides": "aminoglycoside",
    "sulfonamides": "sulfonamide antibiotic",
    "sulphonamides": "sulfonamide antibiotic", "statins": "statin",
}  # fmt: skip

# Words around a medicine that name none: forms, salts, how often, how to take it.
NO_NAMES = frozenset(
    """
    ampoule ampoules antibiotic antibiotics allergy allergic balm before capsule capsules chewable
    chloride children cream daily dawa dispersible dose doses double drip drops drug drugs during
    elixir evening every extra forte from gargle gelule granules hour hourly hours hydrochloride
    infusion inhaler injectable injection injections intramuscular intravenous junior lotion lozenge
    meal meals medicine medicines medicament milligram milligrams mixture morning mouthwash needed
    night nocte ointment oral orally other paediatric pediatric pessary phosphate plus potassium
    powder rash reaction sachet severe sirop sirup sodium solution some spray stat strength
    sulfate sulphate suppository suspension sindano syrup tablet tablets tabs take taken then
    times twice vaccine vaccines vial weekly weeks when with after water year years days week
    vidonge kidonge pill pills comprime comprimes adult adults infant baby immediate release slow
    """.split()
)
