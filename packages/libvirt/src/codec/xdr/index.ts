// XDR (RFC 4506), the way libvirt writes its messages down.
// Must never know what a message means, nor take memory for a length before it is proved.
export { LibvirtDecodeError } from './decode-error.ts';
export { STRING_MAX, XdrReader } from './xdr-reader.ts';
export { XdrWriter } from './xdr-writer.ts';
