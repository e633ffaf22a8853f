// The countries that have a map, and what their first-order regions are called.
//
// `regions` goes from the code that the data has (HASC) to ISO 3166-2, the code that events have. Crimea and Sevastopol
// are listed under Russia in the data; in ISO 3166-2 they are UA-43 and UA-40, as in our events.
// `also` are codes whose land lies in a shape that was drawn before the code was given.

export const COUNTRIES = {
  LB: {
    name: "Lebanon",
    regions: {
      "LB-BA": { id: "LB-BA", name: "Beirut" },
      "LB-BQ": { id: "LB-BI", name: "Beqaa", also: ["LB-BH"] },
      "LB-JA": { id: "LB-JA", name: "South" },
      "LB-JL": { id: "LB-JL", name: "Mount Lebanon" },
      "LB-NA": { id: "LB-NA", name: "Nabatieh" },
      "LB-NL": { id: "LB-AS", name: "North", also: ["LB-AK"] },
    },
  },
  UA: {
    name: "Ukraine",
    regions: {
      "UA-CH": { id: "UA-74", name: "Chernihiv Oblast" },
      "UA-CK": { id: "UA-71", name: "Cherkasy Oblast" },
      "UA-CV": { id: "UA-77", name: "Chernivtsi Oblast" },
      "UA-DP": { id: "UA-12", name: "Dnipropetrovsk Oblast" },
      "UA-DT": { id: "UA-14", name: "Donetsk Oblast" },
      "UA-IF": { id: "UA-26", name: "Ivano-Frankivsk Oblast" },
      "UA-KC": { id: "UA-30", name: "Kyiv" },
      "UA-KH": { id: "UA-35", name: "Kirovohrad Oblast" },
      "UA-KK": { id: "UA-63", name: "Kharkiv Oblast" },
      "UA-KM": { id: "UA-68", name: "Khmelnytskyi Oblast" },
      "UA-KR": { id: "UA-43", name: "Crimea" },
      "UA-KS": { id: "UA-65", name: "Kherson Oblast" },
      "UA-KV": { id: "UA-32", name: "Kyiv Oblast" },
      "UA-LH": { id: "UA-09", name: "Luhansk Oblast" },
      "UA-LV": { id: "UA-46", name: "Lviv Oblast" },
      "UA-MY": { id: "UA-48", name: "Mykolaiv Oblast" },
      "UA-OD": { id: "UA-51", name: "Odesa Oblast" },
      "UA-PL": { id: "UA-53", name: "Poltava Oblast" },
      "UA-RV": { id: "UA-56", name: "Rivne Oblast" },
      "UA-SC": { id: "UA-40", name: "Sevastopol" },
      "UA-SM": { id: "UA-59", name: "Sumy Oblast" },
      "UA-TP": { id: "UA-61", name: "Ternopil Oblast" },
      "UA-VI": { id: "UA-05", name: "Vinnytsia Oblast" },
      "UA-VO": { id: "UA-07", name: "Volyn Oblast" },
      "UA-ZK": { id: "UA-21", name: "Zakarpattia Oblast" },
      "UA-ZP": { id: "UA-23", name: "Zaporizhzhia Oblast" },
      "UA-ZT": { id: "UA-18", name: "Zhytomyr Oblast" },
    },
  },
};
