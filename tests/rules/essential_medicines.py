"""Names of medicines of the WHO Model List of Essential Medicines (23rd list, 2023), with the class
in which a patient may react to several, where there is one. Written from the list's INN names,
apart from MediLink's own table, so that the two check each other."""

from __future__ import annotations

PLAIN = """
halothane isoflurane ketamine propofol sevoflurane atropine midazolam paracetamol
amitriptyline cyclizine dexamethasone diazepam docusate fluoxetine haloperidol hyoscine lactulose
loperamide metoclopramide ondansetron senna epinephrine hydrocortisone loratadine prednisolone
acetylcysteine naloxone neostigmine pralidoxime deferoxamine dimercaprol penicillamine fomepizole
magnesium levetiracetam lorazepam ethosuximide valproate albendazole levamisole mebendazole
niclosamide praziquantel pyrantel diethylcarbamazine ivermectin triclabendazole vancomycin
chloramphenicol clindamycin clofazimine ethambutol isoniazid pyrazinamide bedaquiline cycloserine
delamanid ethionamide linezolid amphotericin flucytosine griseofulvin nystatin aciclovir abacavir
lamivudine tenofovir zidovudine atazanavir darunavir lopinavir ritonavir dolutegravir raltegravir
oseltamivir ribavirin valganciclovir entecavir sofosbuvir daclatasvir glecaprevir velpatasvir
miltefosine paromomycin primaquine proguanil pyrimethamine lumefantrine piperaquine
pentamidine eflornithine fexinidazole melarsoprol nifurtimox suramin benznidazole propranolol
azathioprine ciclosporin tacrolimus bleomycin calcium cisplatin carboplatin cyclophosphamide
cytarabine dactinomycin daunorubicin docetaxel doxorubicin etoposide fluorouracil gemcitabine
hydroxycarbamide ifosfamide imatinib methotrexate oxaliplatin paclitaxel rituximab tioguanine
trastuzumab vinblastine vincristine vinorelbine anastrozole bicalutamide leuprorelin tamoxifen
allopurinol biperiden levodopa carbidopa ferrous folic hydroxocobalamin erythropoietin dabigatran
enoxaparin heparin phytomenadione protamine tranexamic warfarin bisoprolol glyceryl isosorbide
verapamil amiodarone digoxin adrenaline amlodipine hydralazine hydrochlorothiazide losartan
methyldopa furosemide spironolactone dopamine clopidogrel streptokinase alteplase terbinafine
mupirocin permethrin podophyllum calcipotriol urea fluorescein tropicamide chlorhexidine ethanol
povidone iodine chloroxylenol mannitol omeprazole mesalazine glucagon insulin metformin gliclazide
empagliflozin levothyroxine propylthiouracil methimazole testosterone medroxyprogesterone
levonorgestrel ethinylestradiol ulipristal estradiol norethisterone clomifene progesterone
ergometrine misoprostol oxytocin carbetocin mifepristone nifedipine caffeine surfactant
chlorpromazine risperidone clozapine olanzapine paliperidone aripiprazole lithium clomipramine
nicotine bupropion varenicline budesonide salbutamol ipratropium
beclometasone tiotropium formoterol glucose sodium potassium retinol ascorbic calciferol thiamine
riboflavin nicotinamide pyridoxine zinc latanoprost pilocarpine timolol acetazolamide bevacizumab
simvastatin suxamethonium vecuronium atracurium pyridostigmine rocuronium betamethasone
hydroxyzine chlorphenamine cetirizine promethazine carbimazole glibenclamide atenolol
colchicine leflunomide cabergoline desmopressin fludrocortisone sumatriptan tolterodine oxybutynin
fluvoxamine sertraline citalopram venlafaxine mirtazapine zopiclone baclofen orlistat fluticasone
montelukast theophylline aminophylline bosentan sildenafil tamsulosin finasteride
""".split()

# medicine → the class that a reaction to any other of it speaks against
CLASSED: dict[str, str] = {
    **dict.fromkeys(
        (
            "amoxicillin", "ampicillin", "benzylpenicillin", "benzathine benzylpenicillin",
            "cloxacillin", "flucloxacillin", "phenoxymethylpenicillin", "procaine benzylpenicillin",
            "piperacillin + tazobactam", "amoxicillin + clavulanic acid", "dicloxacillin",
        ),
        "penicillin",
    ),
    **dict.fromkeys(
        (
            "cefalexin", "cefazolin", "cefixime", "cefotaxime", "ceftriaxone", "cefuroxime",
            "ceftazidime", "cefepime", "cefadroxil", "cefpodoxime", "cefiderocol",
        ),
        "cephalosporin",
    ),
    **dict.fromkeys(("meropenem", "imipenem + cilastatin", "ertapenem"), "carbapenem"),
    **dict.fromkeys(
        (
            "sulfamethoxazole + trimethoprim", "sulfadiazine", "sulfadoxine + pyrimethamine",
            "silver sulfadiazine", "sulfasalazine",
        ),
        "sulfonamide",
    ),
    **dict.fromkeys(
        (
            "acetylsalicylic acid", "ibuprofen", "diclofenac", "naproxen", "indometacin",
            "ketorolac", "meloxicam", "piroxicam", "mefenamic acid",
        ),
        "nsaid",
    ),
    **dict.fromkeys(("azithromycin", "clarithromycin", "erythromycin"), "macrolide"),
    **dict.fromkeys(
        ("ciprofloxacin", "levofloxacin", "moxifloxacin", "ofloxacin", "norfloxacin"), "quinolone"
    ),
    **dict.fromkeys(("doxycycline", "tetracycline", "minocycline"), "tetracycline"),
    **dict.fromkeys(("gentamicin", "amikacin", "streptomycin", "kanamycin"), "aminoglycoside"),
    **dict.fromkeys(("metronidazole", "tinidazole", "secnidazole"), "nitroimidazole"),
    **dict.fromkeys(
        ("morphine", "codeine", "fentanyl", "tramadol", "pethidine", "methadone"), "opioid"
    ),
    **dict.fromkeys(("enalapril", "lisinopril", "captopril", "perindopril"), "ace inhibitor"),
    **dict.fromkeys(("lidocaine", "bupivacaine", "prilocaine"), "amide anaesthetic"),
    **dict.fromkeys(("iohexol", "amidotrizoate"), "contrast"),
    **dict.fromkeys(("artemether + lumefantrine", "artesunate"), "artemisinin"),
    **dict.fromkeys(
        ("chloroquine", "hydroxychloroquine", "quinine", "mefloquine", "amodiaquine"), "quinoline"
    ),
    **dict.fromkeys(
        ("carbamazepine", "phenytoin", "phenobarbital", "lamotrigine"), "anti-seizure"
    ),
    **dict.fromkeys(("efavirenz", "nevirapine"), "nnrti"),
    **dict.fromkeys(("fluconazole", "itraconazole", "voriconazole", "miconazole"), "azole"),
    **dict.fromkeys(("rifampicin", "rifabutin", "rifapentine"), "rifamycin"),
}  # fmt: skip
# Pairs of classes in which a warning is right although they are not the same.
AKIN = {
    frozenset({"penicillin", "cephalosporin"}),
    frozenset({"penicillin", "carbapenem"}),
    frozenset({"cephalosporin", "carbapenem"}),
}
