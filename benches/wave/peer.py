import asyncio, csv, sys
import aiohttp

wave, api, environment, concurrency = sys.argv[1:]


async def send(session, row):
    url = f"{api}/environments/{environment}/users/{row['user_id']}/devices"
    body = {"type": "WHATSAPP", "phone": row["phone"], "policy": {"id": row["policy_id"]}}
    async with session.post(url, json=body) as answer:
        return (await answer.json())["id"]


async def work(session, rows):
    for row in rows:
        await send(session, row)


async def main():
    headers = {"authorization": "Bearer " + "a" * 900}
    connector = aiohttp.TCPConnector(limit=int(concurrency))
    with open(wave, newline="") as file:
        rows = csv.DictReader(file)
        async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
            await asyncio.gather(*(work(session, rows) for _ in range(int(concurrency))))


asyncio.run(main())
