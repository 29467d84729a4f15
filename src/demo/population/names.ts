/** Names that fit where a family comes from. All common ones; put together they are nobody's. */
import type { Random } from '../../platform/random.ts';

export type Heritage =
  | 'british'
  | 'irish'
  | 'polish'
  | 'romanian'
  | 'southern-european'
  | 'indian'
  | 'pakistani'
  | 'bangladeshi'
  | 'tamil'
  | 'filipino'
  | 'caribbean'
  | 'west-african'
  | 'somali'
  | 'chinese'
  | 'arab'
  | 'turkish';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

interface Stock {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly family: readonly string[];
}

const stock = (female: string, male: string, family: string): Stock => ({
  ...{ female: words(female), male: words(male), family: words(family) },
});

/** Names given in Britain by the first year of their time, oldest first: fashions are ages. */
const eras: readonly (readonly [number, Omit<Stock, 'family'>])[] = [
  [
    0,
    {
      female: words(
        'Margaret Jean Joan Dorothy Doris Joyce Betty Audrey Barbara Sheila Mary Patricia Beryl Eileen Brenda Shirley Sylvia Maureen June Irene Edna Marjorie Kathleen Rita Pamela Hilda Vera Gwen Olive Winifred',
      ),
      male: words(
        'John Ronald Kenneth Peter George Derek William Dennis Raymond Brian Roy Stanley Eric Frank Gordon Norman Arthur Donald Albert Leslie Harold Ernest Reginald Sidney Alfred Douglas Geoffrey Cyril Bernard Ivor',
      ),
    },
  ],
  [
    1948,
    {
      female: words(
        'Susan Linda Christine Carol Jacqueline Julie Karen Janet Deborah Gillian Helen Elaine Diane Alison Lesley Angela Jane Sandra Tracey Sharon Denise Wendy Beverley Lorraine Maxine Judith Hazel Heather Yvonne Anne',
      ),
      male: words(
        'David Michael Stephen Paul Alan Robert Philip Andrew Keith Graham Kevin Ian Nigel Martin Trevor Barry Christopher Colin Roger Malcolm Terence Clive Neil Gary Mark Stuart Simon Howard Adrian Glyn',
      ),
    },
  ],
  [
    1972,
    {
      female: words(
        'Sarah Claire Nicola Emma Lisa Joanne Michelle Samantha Rachel Rebecca Kelly Victoria Katherine Amanda Louise Natalie Zoe Hayley Gemma Laura Lucy Kirsty Leanne Catherine Stephanie Danielle Jennifer Donna Tara Kerry',
      ),
      male: words(
        'Richard Darren Lee Matthew Jason James Daniel Jonathan Craig Anthony Adam Wayne Scott Ben Thomas Carl Russell Dean Stephen Benjamin Gareth Robert Christopher Nicholas Karl Justin Damian Shaun Phillip Edward',
      ),
    },
  ],
  [
    1988,
    {
      female: words(
        'Jessica Lauren Charlotte Hannah Sophie Amy Chloe Emily Bethany Olivia Megan Georgia Katie Eleanor Abigail Jade Molly Paige Shannon Alice Ellie Holly Phoebe Caitlin Grace Naomi Lydia Rosie Imogen Harriet',
      ),
      male: words(
        'Joshua Jack Ryan Luke Jordan Samuel Liam Connor Callum Joseph Jake Alexander Nathan Harry Lewis Charlie Kieran Bradley Dominic Aaron George Oliver Jamie Henry Elliot Toby Max Owen Rhys Zachary',
      ),
    },
  ],
  [
    2006,
    {
      female: words(
        'Amelia Isla Ava Lily Ivy Poppy Evie Freya Florence Willow Daisy Elsie Matilda Rosie Mia Millie Sienna Isabelle Ruby Evelyn Ada Maisie Penelope Harper Aria Darcie Luna Orla Edith Nancy',
      ),
      male: words(
        'Noah Arthur Leo Theo Alfie Oscar Archie Freddie Finley Theodore Isaac Reuben Jude Tommy Louie Albie Hugo Rory Ezra Roman Ralph Ellis Felix Jenson Teddy Stanley Frankie Albert Otis Sonny',
      ),
    },
  ],
];

const britishFamilies = words(`
  Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood
  Jackson Clarke Clark Harris Turner Hill Moore Cooper Ward Morris King Watson Baker Harrison Morgan Young Allen Mitchell
  James Anderson Phillips Lee Bell Parker Davis Bennett Miller Cook Shaw Cox Richardson Carter Collins Marshall Bailey Gray
  Hughes Foster Mills Webb Barnes Fisher Holmes Lloyd Palmer Knight Matthews Butler Russell Stevens Rogers Jenkins Dixon Hunt
  Ellis Perry Powell Barker Fletcher Chapman Andrews Howard Pearson Gibson Elliott Reynolds Payne Fox Hart Saunders Lawson
  Brooks Watts Hartley Sutton Burgess Nicholls Wheeler Fenwick Thorpe Ashworth Pickering Bradshaw Tyler Haywood Stokes Bright
  Whittaker Hobbs Marsden Rowley Kirkby Lister Maddox Nettleton Osborne Pratt Quigley Redfern Stubbs Tranter Unwin Vickers`);

const stocks: Readonly<Record<Exclude<Heritage, 'british'>, Stock>> = {
  irish: stock(
    'Siobhan Aoife Niamh Orla Bridget Maeve Sinead Roisin Ciara Mary Noreen Deirdre Grainne Nuala Eileen Fionnuala',
    'Sean Patrick Liam Declan Brendan Conor Michael Eamon Kevin Cormac Niall Padraig Fergus Brian Donal Ronan',
    'Murphy Kelly Byrne Ryan Walsh Doyle Gallagher Doherty Kennedy Lynch Quinn Dunne Brennan Burke Nolan Flynn Keane Healy',
  ),
  polish: stock(
    'Anna Katarzyna Agnieszka Magdalena Monika Joanna Zofia Maja Aleksandra Ewa Beata Natalia Karolina Julia Hanna Dorota',
    'Piotr Krzysztof Tomasz Marcin Jakub Michal Adam Pawel Mateusz Wojciech Kacper Filip Antoni Marek Rafal Szymon',
    'Nowak Wisniewski Wojcik Mazur Krawczyk Zajac Wrobel Dudek Stepien Pawlak Sikora Baran Duda Szewczyk Pietrzak Kubiak Wilk Bak',
  ),
  romanian: stock(
    'Maria Elena Ioana Andreea Cristina Mihaela Alexandra Daniela Gabriela Raluca Simona Sofia Bianca Larisa Teodora Oana',
    'Andrei Alexandru Mihai Ionut Cristian Florin Gabriel Bogdan Marian Vlad Stefan Radu Adrian Razvan Luca Matei',
    'Popescu Ionescu Popa Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Munteanu Lazar Florea Diaconu Toma Nistor Dobre',
  ),
  'southern-european': stock(
    'Giulia Francesca Chiara Ines Beatriz Carmen Lucia Marta Eleni Despina Paola Joana Catarina Elena Rosa Teresa',
    'Marco Luca Giovanni Joao Tiago Pedro Carlos Javier Diego Andreas Nikos Paolo Rui Miguel Antonio Matteo',
    'Rossi Ferrari Russo Silva Santos Ferreira Pereira Costa Garcia Martinez Lopez Fernandes Esposito Georgiou Christou Moreno Alves Conti',
  ),
  indian: stock(
    'Priya Anjali Meena Sunita Kavita Nisha Jaspreet Harpreet Manjit Asha Lakshmi Deepa Ananya Diya Riya Kiran Gurpreet Hina',
    'Raj Amit Sanjay Vijay Rahul Arjun Gurpreet Harjit Baljit Suresh Nikhil Rohan Aarav Ravi Jaswinder Mohan Kunal Dev',
    'Patel Singh Kaur Shah Sharma Gill Sandhu Dhillon Mistry Desai Joshi Mehta Reddy Nair Chauhan Bains Sidhu Parmar Kumar Gupta',
  ),
  pakistani: stock(
    'Ayesha Fatima Zainab Saima Nadia Shazia Rukhsana Mariam Amina Sadia Hafsa Iqra Nasreen Parveen Sana Aisha Khadija Maryam',
    'Mohammed Ahmed Ali Imran Tariq Usman Bilal Hamza Asif Khalid Naveed Shahid Zubair Yusuf Ibrahim Faisal Haroon Adnan',
    'Khan Hussain Ahmed Mahmood Akhtar Iqbal Malik Mirza Shah Rashid Chaudhry Butt Bashir Javed Aslam Rafiq Qureshi Siddiqui',
  ),
  bangladeshi: stock(
    'Fatema Nasima Shahana Rahima Sultana Taslima Nazma Ruksana Sumaiya Tahmina Farzana Jannat Hasina Salma Afia Rumana',
    'Abdul Mohammed Kamal Rafiqul Shafiq Anwar Jamal Mizanur Tanvir Rashed Nazmul Habib Foysal Shahin Ashraf Zakir',
    'Rahman Islam Uddin Miah Begum Hoque Choudhury Alam Hossain Khatun Haque Kabir Sarkar Talukder Mannan Karim',
  ),
  tamil: stock(
    'Kavitha Priyanka Sangeetha Vasanthi Dilani Nirosha Thulasi Abirami Shanthi Meera Janani Suganthi Lavanya Malathi',
    'Suresh Ramesh Kumaran Siva Karthik Prakash Nimal Anura Vikram Senthil Mahen Ruwan Ganesh Arun',
    'Sivakumar Perera Fernando Selvarajah Thevar Rajan Balasingam Nadarajah Kandiah Silva Jeyakumar Wickramasinghe Gunawardena Mohan',
  ),
  filipino: stock(
    'Maria Cristina Jocelyn Rosario Marites Grace Lourdes Angelica Maricel Joy Liezel Carmela Rowena Divina',
    'Jose Ramon Eduardo Rico Jun Antonio Ferdinand Roberto Noel Joel Ariel Mark Rodel Danilo',
    'Santos Reyes Cruz Bautista Ocampo Garcia Mendoza Torres Flores Villanueva Ramos Aquino Castillo Dizon',
  ),
  caribbean: stock(
    'Marcia Beverley Sonia Yvonne Claudette Keisha Shanice Monique Tanisha Chantelle Gloria Pearl Hyacinth Jasmine Renee Simone',
    'Winston Delroy Leroy Errol Clive Marlon Jermaine Tyrone Dwayne Curtis Neville Desmond Marcus Andre Isaiah Malachi',
    'Campbell Francis Gordon Henry Bailey Reid Powell Grant Morgan Stewart Clarke Edwards Samuels Blake Lewis Palmer Joseph Alleyne',
  ),
  'west-african': stock(
    'Ngozi Chioma Adaeze Folake Yetunde Abena Akosua Ama Funmilayo Blessing Grace Ifeoma Temitope Esther Adwoa Comfort Zainab Nana',
    'Emeka Chukwudi Tunde Oluwaseun Kwame Kofi Kwabena Babatunde Femi Samuel Emmanuel Ikenna Yaw Segun Daniel Obinna Ibrahim Kojo',
    'Okafor Adeyemi Mensah Owusu Okonkwo Boateng Adebayo Eze Asante Nwosu Osei Balogun Appiah Ogunleye Addo Bello Danso Obi',
  ),
  somali: stock(
    'Hodan Fadumo Amina Sahra Ifrah Hibo Ayaan Khadra Nimco Halima Asha Sagal Ubah Filsan',
    'Abdi Mohamed Hassan Omar Ali Yusuf Ahmed Ismail Mahad Liban Farah Abdullahi Bashir Guled',
    'Ali Mohamed Hassan Abdi Warsame Farah Jama Nur Ibrahim Osman Duale Hersi Ismail Yusuf',
  ),
  chinese: stock(
    'Mei Li Xiu Yan Hui Jing Ying Fang Wai-Ling Siu-Fong Emily Grace Vivian Joyce Xin Yuxin',
    'Wei Jun Ming Hao Chun Wing Kin Tao Lei Jian Kevin Jason Alan Chi-Keung Yichen Zihan',
    'Wong Chan Li Wang Zhang Chen Liu Cheung Lam Leung Ho Ng Yeung Lau Tang Huang Zhao Lin',
  ),
  arab: stock(
    'Fatima Layla Noor Rania Huda Samira Zahra Salma Maha Dina Yasmin Amal Rasha Leila Mona Shirin',
    'Omar Khaled Hassan Mustafa Youssef Karim Samir Tarek Ali Hussein Nabil Rami Bilal Ziad Faris Reza',
    'Haddad Khalil Mansour Saleh Hamdan Nasser Farouk Aziz Ibrahim Rahimi Karimi Hosseini Mahmoud Suleiman Jaber Amin Sabbagh Darwish',
  ),
  turkish: stock(
    'Ayse Fatma Elif Zeynep Emine Merve Hatice Esra Derya Selin Gul Sibel Azra Defne',
    'Mehmet Mustafa Ahmet Ali Emre Murat Hasan Burak Can Kemal Deniz Serkan Yusuf Baran',
    'Yilmaz Kaya Demir Celik Sahin Yildiz Aydin Ozturk Arslan Dogan Kilic Aslan Cetin Kara',
  ),
};

/** Heritages whose children get a name that is also common in Britain about so often. */
const british: Readonly<Partial<Record<Heritage, number>>> = {
  ...{ irish: 0.5, caribbean: 0.6, chinese: 0.3, 'west-african': 0.35, filipino: 0.3, romanian: 0.15 },
  ...{ 'southern-european': 0.25, polish: 0.15, indian: 0.05, tamil: 0.05 },
};

function eraOf(year: number): Omit<Stock, 'family'> {
  return (eras.findLast(([from]) => from <= year) ?? (eras[0] as (typeof eras)[number]))[1];
}

/** One or two given names. `year`: of birth. */
export function givenNames(
  heritage: Heritage,
  sex: 'female' | 'male',
  year: number,
  random: Random,
): readonly string[] {
  const common = heritage === 'british' || random.chance(british[heritage] ?? 0);
  const names = common ? eraOf(year)[sex] : stocks[heritage as Exclude<Heritage, 'british'>][sex];
  const first = random.pick(names);
  if (heritage !== 'british' || !random.chance(0.55)) return [first];
  const second = random.pick(names);
  return second === first ? [first] : [first, second];
}

export function familyName(heritage: Heritage, random: Random): string {
  const names = heritage === 'british' ? britishFamilies : stocks[heritage].family;
  // One in sixty of British families has two names.
  if (heritage !== 'british' || !random.chance(1 / 60)) return random.pick(names);
  const [one, other] = [random.pick(names), random.pick(names)];
  return one === other ? one : `${one}-${other}`;
}
