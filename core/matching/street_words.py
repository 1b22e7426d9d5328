"""Words of French addresses and their abbreviations (La Poste, standard NF Z10-011, and clerks' habits)."""

from ..serials.words import words

#: Kinds of streets, with their abbreviations.
KINDS = {
    "ALLEE": "ALL ALLEES",
    "AVENUE": "AV AVE AVEN",
    "BOULEVARD": "BD BLD BLVD BVD BOUL BOULEV",
    "CHEMIN": "CH CHE CHEM CHM CHN",
    "CITE": "CTE",
    "CLOS": "CLO",
    "COTE": "",
    "COUR": "",
    "COURS": "CRS",
    "DOMAINE": "DOM",
    "ESPLANADE": "ESP",
    "FAUBOURG": "FBG FG",
    "IMPASSE": "IMP IMPAS",
    "LOTISSEMENT": "LOT LOTIS LOTIST LOTISST",
    "MONTEE": "MTE MTEE",
    "PASSAGE": "PAS PASS PSG",
    "PLACE": "PL PCE PLCE",
    "PROMENADE": "PROM",
    "QUAI": "QU",
    "QUARTIER": "QUA QRT QUART",
    "ROCADE": "",
    "ROND POINT": "RPT RDPT",
    "ROUTE": "RTE RT",
    "RUE": "R RU",
    "RUELLE": "RLE",
    "SENTE": "",
    "SENTIER": "SENT SEN",
    "SQUARE": "SQ SQR",
    "TRAVERSE": "TRA TRAV",
    "VENELLE": "VEN",
    "VOIE": "VOI",
    "ZONE ARTISANALE": "ZA",
    "ZONE INDUSTRIELLE": "ZI",
}
_TITLES = {
    "ABBE": "ABB",
    "ADJUDANT": "ADJ",
    "AMIRAL": "AML",
    "ANCIEN": "ANC",
    "ANCIENS": "ANCS",
    "CAPITAINE": "CAP CNE CPT",
    "CHATEAU": "CHT CHAT",
    "COLONEL": "COL CEL",
    "COMMANDANT": "CD CDT CMDT COMDT",
    "DOCTEUR": "DR DOCT",
    "FONTAINE": "FONT",
    "GENERAL": "GAL GEN GL",
    "GRAND": "GD GRD",
    "GRANDE": "GDE GRDE",
    "HAUT": "HT",
    "HAUTE": "HTE",
    "INFERIEUR": "INF",
    "LIEUTENANT": "LT LIEUT",
    "MAISON": "MON",
    "MARECHAL": "MAL MAR",
    "MONSEIGNEUR": "MGR",
    "NOTRE DAME": "ND",
    "NOUVEAU": "NV",
    "NOUVELLE": "NVLLE",
    "PETIT": "PT PTT",
    "PETITE": "PTE",
    "PRES": "PRESIDENT PDT",
    "PROFESSEUR": "PR PROF",
    "SAINT": "ST",
    "SAINTE": "STE",
    "SAINTS": "STS",
    "SERGENT": "SGT",
    "SUPERIEUR": "SUP",
    "VIEUX": "VX",
    "VIEILLE": "VLLE",
}
#: {abbreviation: full words}
LONG_FORMS = {
    short: long for table in (KINDS, _TITLES) for long, shorts in table.items() for short in shorts.split()
} | {"RES": "RESIDENCE", "RESID": "RESIDENCE"}
#: Words that announce a place other than a street, and are not part of its name.
PLACES = frozenset(words("LD LIEUDIT HAMEAU HAM HAMX HAMEAUX ECART FERME LIEU"))
SMALL_WORDS = frozenset(words("A AU AUX D DE DES DU EN ET L LA LE LES SUR N NO S SS SOUS LES"))
REPEATS = {"B": "BIS", "BIS": "BIS", "T": "TER", "TER": "TER", "Q": "QUATER", "QUATER": "QUATER"}
#: Words that announce a flat, a building or a floor.
FLATS = frozenset(
    [
        "APT",
        "APPT",
        "APP",
        "APPART",
        "APPARTEMENT",
        "LOGT",
        "LOG",
        "LOGEMENT",
        "PORTE",
        "PTE",
        "CHAMBRE",
        "STUDIO",
        "LGT",
    ]
)
BUILDINGS = frozenset(words("BAT BATIMENT BT IMMEUBLE IMM ESC ESCALIER ENTREE ENT TOUR BLOC"))
FLOORS = frozenset(words("ETAGE ETG ET REZ RDC REZDECHAUSSEE"))
RESIDENCES = frozenset(("RESIDENCE", "RES", "RESID", "COPRO", "COPROPRIETE"))
