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
        "dicloxacillin", "piperacillin", "oxacillin",
    ),
    "cephalosporin": (
        "cephalosporin", "cefalexin", "cefazolin", "cefuroxime", "cefaclor", "cefixime",
        "ceftriaxone", "cefotaxime", "ceftazidime", "cefadroxil", "cefpodoxime", "cefepime",
    ),
    "carbapenem": ("meropenem", "imipenem", "ertapenem"),
    "sulfonamide antibiotic": (
        "sulfonamide", "sulfamethoxazole", "sulfadoxine", "sulfadiazine", "sulfasalazine",
    ),
    "anti-inflammatory pain medicine": (
        "acetylsalicylic acid", "ibuprofen", "diclofenac", "naproxen", "indometacin", "ketoprofen",
        "piroxicam", "meloxicam", "mefenamic acid", "aceclofenac", "celecoxib", "ketorolac",
        "metamizole",
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
    "opioid": ("opioid", "morphine", "codeine", "pethidine", "fentanyl", "oxycodone", "tramadol"),
    "ACE inhibitor": (
        "ace inhibitor", "enalapril", "lisinopril", "captopril", "ramipril", "perindopril",
    ),
    "amide local anaesthetic": ("lidocaine", "bupivacaine", "mepivacaine", "prilocaine"),
    "iodine contrast": ("iodine contrast", "iohexol", "iopamidol", "iodixanol", "amidotrizoate"),
    "artemisinin": ("artemisinin", "artemether", "artesunate", "dihydroartemisinin"),
    "quinoline antimalarial": (
        "quinine", "quinidine", "chloroquine", "hydroxychloroquine", "mefloquine", "amodiaquine",
    ),
    "aromatic anti-seizure medicine": (
        "phenytoin", "carbamazepine", "phenobarbital", "oxcarbazepine", "lamotrigine",
    ),
    "NNRTI": ("nevirapine", "efavirenz", "etravirine", "rilpivirine"),
    "nitrofuran": ("nitrofurantoin", "furazolidone"),
    "azole": ("fluconazole", "itraconazole", "ketoconazole", "clotrimazole", "miconazole"),
    "statin": ("statin", "simvastatin", "atorvastatin", "rosuvastatin", "pravastatin"),
    "proton pump medicine": ("omeprazole", "esomeprazole", "pantoprazole", "lansoprazole"),
}  # fmt: skip

# Pairs of classes in which some people react to both (beta-lactam ring, J Allergy Clin Immunol
# practice parameter 2022: uncommon for cephalosporins and carbapenems, so it is said as "may").
RELATED: tuple[tuple[str, str], ...] = (
    ("penicillin", "cephalosporin"),
    ("penicillin", "carbapenem"),
    ("cephalosporin", "carbapenem"),
)

# Substances alone: known, so that silence means "checked".
SINGLE: tuple[str, ...] = (
    "paracetamol", "metformin", "glibenclamide", "gliclazide", "insulin", "amlodipine",
    "nifedipine", "hydrochlorothiazide", "furosemide", "spironolactone", "atenolol", "bisoprolol",
    "propranolol", "carvedilol", "methyldopa", "losartan", "salbutamol", "beclometasone",
    "prednisolone", "dexamethasone", "hydrocortisone", "aminophylline", "chlorphenamine",
    "cetirizine", "loratadine", "promethazine", "oral rehydration salts", "zinc", "folic acid",
    "ferrous sulfate", "vitamin a", "albendazole", "mebendazole", "praziquantel", "ivermectin",
    "lumefantrine", "piperaquine", "primaquine", "pyrimethamine", "atovaquone", "proguanil",
    "isoniazid", "rifampicin", "pyrazinamide", "ethambutol", "tenofovir", "lamivudine",
    "zidovudine", "abacavir", "dolutegravir", "lopinavir", "ritonavir", "atazanavir",
    "emtricitabine", "aciclovir", "griseofulvin", "nystatin", "chloramphenicol", "clindamycin",
    "vancomycin", "linezolid", "trimethoprim", "clavulanic acid", "oxytocin", "misoprostol",
    "ergometrine", "magnesium sulfate", "diazepam", "midazolam", "haloperidol", "chlorpromazine",
    "fluoxetine", "amitriptyline", "valproate", "levothyroxine", "carbimazole", "warfarin",
    "heparin", "tranexamic acid", "adrenaline", "atropine", "ketamine", "propofol", "digoxin",
    "levonorgestrel", "medroxyprogesterone", "ethinylestradiol", "etonogestrel", "metoclopramide",
    "ondansetron", "loperamide", "hyoscine", "ranitidine", "magnesium hydroxide", "lactulose",
    "bisacodyl", "calamine", "permethrin", "benzyl benzoate", "silver sulfadiazine",
    "gentian violet", "povidone iodine", "chlorhexidine", "allopurinol", "colchicine",
    "potassium chloride", "sodium chloride", "glucose", "calcium gluconate", "thiamine",
    "pyridoxine", "vitamin k", "tetanus toxoid", "rabies vaccine", "measles vaccine",
    "hydroxyzine", "risperidone", "lithium", "aspart", "glargine", "sildenafil", "tamsulosin",
    "oseltamivir", "bedaquiline", "cycloserine", "ethionamide", "dapsone", "suramin",
    "miltefosine", "sodium stibogluconate", "benznidazole", "nifurtimox", "latanoprost", "timolol",
    "tropicamide", "acetazolamide", "mannitol", "suxamethonium", "neostigmine", "vecuronium",
    "halothane", "isoflurane", "thiopental", "naloxone", "acetylcysteine", "activated charcoal",
    "senna", "sucralfate", "domperidone", "simeticone",
)  # fmt: skip

# What people write → the substances meant: brands, other spellings, Kiswahili and French.
CALLED: dict[str, tuple[str, ...]] = {
    "amoxycillin": ("amoxicillin",), "amoxil": ("amoxicillin",), "amoxicilline": ("amoxicillin",),
    "augmentin": ("amoxicillin", "clavulanic acid"), "co-amoxiclav": ("amoxicillin",),
    "coamoxiclav": ("amoxicillin",), "amoxiclav": ("amoxicillin",),
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
    "disprin": ("acetylsalicylic acid",), "nsaid": ("ibuprofen",), "nsaids": ("ibuprofen",),
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
    "septrine": ("sulfamethoxazole",), "contrast": ("iodine contrast",),
    "x-ray dye": ("iodine contrast",), "bactroban": ("mupirocin",),
    "depo-provera": ("medroxyprogesterone",), "losec": ("omeprazole",),
    "tld": ("tenofovir", "lamivudine", "dolutegravir"),
    "rhze": ("rifampicin", "isoniazid", "pyrazinamide", "ethambutol"),
    "epinephrine": ("adrenaline",), "valproic acid": ("valproate",), "acyclovir": ("aciclovir",),
    "rifampin": ("rifampicin",), "albuterol": ("salbutamol",), "glyburide": ("glibenclamide",),
    "beclomethasone": ("beclometasone",), "dipyrone": ("metamizole",),
    "iron": ("ferrous sulfate",), "tdf": ("tenofovir",), "3tc": ("lamivudine",),
    "azt": ("zidovudine",), "efv": ("efavirenz",), "nvp": ("nevirapine",),
    "dtg": ("dolutegravir",), "abc": ("abacavir",),
}  # fmt: skip
