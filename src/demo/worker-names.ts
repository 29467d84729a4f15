import type { Random } from '../platform/random.ts';

interface Heritage {
  /** Of the staff, in hundredths. Source of the rough shares: NHS England, Workforce Race Equality Standard 2023. */
  readonly weight: number;
  readonly women: readonly string[];
  readonly men: readonly string[];
  readonly families: readonly string[];
}

const words = (text: string): readonly string[] => text.split(' ');

/** Invented pairings of common names: any likeness to someone is chance. */
const heritages: readonly Heritage[] = [
  {
    weight: 56,
    women: words(
      'Alice Amy Beth Catherine Charlotte Claire Diane Emma Fiona Gemma Hannah Helen Isobel Jane Jessica Karen Laura Lucy Michelle Natalie Nicola Olivia Paula Rachel Rebecca Sarah Sophie Tracey Victoria Wendy',
    ),
    men: words(
      'Adam Andrew Ben Christopher Craig Daniel David Edward Gareth Graham Harry Ian Jack James Kevin Liam Luke Mark Matthew Neil Nick Oliver Paul Peter Richard Robert Simon Stephen Thomas William',
    ),
    families: words(
      'Abbott Atkinson Barker Bell Bennett Booth Brooks Burton Carr Chapman Clarke Cole Cooper Dawson Dixon Ellis Fisher Fletcher Foster Fox Gibson Grayson Harrison Hart Holmes Hughes Hunt Jackson Jennings Kirby Knight Lawson Lloyd Marsh Mason Morgan Newton Nicholson Palmer Parker Pearson Phillips Reid Richards Robson Saunders Shaw Simpson Spencer Stevens Stone Sutton Turner Walker Watts Webb West Wilkinson Wood Yates',
    ),
  },
  {
    weight: 9,
    women: words('Anjali Deepa Kavita Meera Nisha Priti Radha Sunita'),
    men: words('Anil Arjun Gopal Kiran Manoj Nikhil Rajesh Vikram'),
    families: words('Desai Gupta Iyer Joshi Kaur Menon Nair Patel Rao Sharma Singh Thomas'),
  },
  {
    weight: 7,
    women: words('Aisha Amina Farah Mariam Nadia Rukhsana Samina Zainab'),
    men: words('Ahmed Bilal Faisal Hassan Imran Kamran Omar Tariq'),
    families: words('Ahmed Begum Chowdhury Hussain Iqbal Khan Malik Mirza Qureshi Siddiqui'),
  },
  {
    weight: 9,
    women: words('Abena Adaeze Chioma Efua Folake Ngozi Rudo Tendai'),
    men: words('Chidi Emeka Kofi Kwame Olumide Samuel Tafara Tunde'),
    families: words('Adebayo Asante Boateng Chukwu Eze Mensah Moyo Ncube Nwosu Okonkwo Owusu Sibanda'),
  },
  {
    weight: 3,
    women: words('Angela Charmaine Marcia Yvonne'),
    men: words('Delroy Errol Marlon Winston'),
    families: words('Baptiste Campbell Francis Gordon Grant Joseph'),
  },
  {
    weight: 6,
    women: words('Anna Carmela Ina Jocelyn Liezl Maricel Rosario'),
    men: words('Angelo Carlo Jose Mark Rey'),
    families: words('Aquino Bautista Cruz Dela-Cruz Garcia Mendoza Reyes Santos'),
  },
  {
    weight: 5,
    women: words('Agnieszka Elena Ioana Katarzyna Magda Monika'),
    men: words('Andrei Jakub Marek Mihai Piotr Tomas'),
    families: words('Dumitru Ionescu Kowalska Lewandowski Novak Popa Wozniak Zielinski'),
  },
  {
    weight: 3,
    women: words('Aoife Ciara Niamh Sinead'),
    men: words('Conor Declan Eoin Padraig'),
    families: words('Byrne Doyle Gallagher Kelly Murphy Nolan'),
  },
  {
    weight: 2,
    women: words('Hui Jing Mei Suki'),
    men: words('Jian Ming Wai Wei'),
    families: words('Chan Cheung Li Lin Wong Zhang'),
  },
];

export interface WorkerName {
  readonly given: string;
  readonly family: string;
  readonly sex: 'female' | 'male';
}

/** `women`: how many of a hundred in their work are women. */
export function workerName(random: Random, women: number): WorkerName {
  const heritage = random.weighted(heritages.map((one) => [one, one.weight] as const));
  const sex = random.chance(women / 100) ? 'female' : 'male';
  const given = random.pick(sex === 'female' ? heritage.women : heritage.men);
  return { given, family: random.pick(heritage.families), sex };
}
