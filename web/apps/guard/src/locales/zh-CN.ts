import { alone } from './zh/alone'
import { order } from './zh/order'
import { officer } from './zh/officer'
import { own } from './zh/own'

/** Texts of the phone, as a guard, a keeper or an officer would say them. */
export default { ...alone, ...order, ...officer, ...own }
