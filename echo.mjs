import net from 'node:net';
const s=net.createServer(c=>{c.on('data',d=>c.write(d));c.on('error',()=>{})}); s.listen(19999,'127.0.0.1',()=>console.log('up'));
