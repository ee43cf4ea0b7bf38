import { alone } from './en/alone'
import { officer } from './en/officer'
import { order } from './en/order'
import { own } from './en/own'

export default { ...alone, ...order, ...officer, ...own }
