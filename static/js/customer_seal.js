/* Seals what the customer thinks of the visit for the outlet alone, before the phone keeps it: base64 of JSON
   {key, iv, data}, each base64 again: a fresh AES-GCM key around the values, the outlet's RSA-OAEP key around that key. */
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const json = (value) => new TextEncoder().encode(JSON.stringify(value));

export const sealed = async (values, jwk) => {
  const outlet = await crypto.subtle.importKey('jwk', jwk, { name: 'RSA-OAEP', hash: 'SHA-256' }, false, ['encrypt']);
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, json(values));
  const wrapped = await crypto.subtle.encrypt({ name: 'RSA-OAEP' }, outlet, await crypto.subtle.exportKey('raw', key));
  return base64(json({ key: base64(wrapped), iv: base64(iv), data: base64(data) }));
};
