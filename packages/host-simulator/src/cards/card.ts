import type { EswitchMode } from '@virtfn/model';

/** One port of a card as the silicon and its firmware make it. */
export interface CardPort {
  /** Function number of the PF behind the card's bus and device. */
  readonly function: number;
  /** First VF Offset and VF Stride of its SR-IOV capability (set by firmware; these are typical ones). */
  readonly vfOffset: number;
  readonly vfStride: number;
  /** Another First VF Offset from a number of VFs on, as the specification allows (SR-IOV 3.3.9, K5); null on most cards. */
  readonly manyVfs: { readonly from: number; readonly vfOffset: number } | null;
}

/** A card as it can be plugged into a simulated machine. Data only: behaviour is that of its kernel driver. */
export interface Card {
  readonly vendorId: string;
  readonly vendorName: string;
  readonly productId: string;
  readonly productName: string;
  readonly revision: string;
  readonly vfProductId: string;
  readonly vfProductName: string;
  /** TotalVFs of the SR-IOV capability; the driver may allow fewer. */
  readonly totalVfs: number;
  readonly linkMbps: number;
  readonly driver: string;
  readonly firmware: string;
  readonly ports: readonly CardPort[];
  /** The mode in which the driver starts; null when it has none. */
  readonly eswitchMode: EswitchMode | null;
}
